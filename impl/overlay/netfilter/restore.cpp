// iptables-restore: commands line by line, on a copy of each table that takes its place at COMMIT.
#include <algorithm>
#include <utility>

#include "impl/overlay/netfilter/rule_reader.hpp"
#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::array<NamedNumber, table_count> tables_by_name = {
    {{"raw", 0}, {"mangle", 1}, {"nat", 2}, {"filter", 3}, {"security", 4}}};

class Restore {
 public:
  Restore(Ruleset& ruleset, RestoreOptions options) : ruleset_(ruleset), options_(options) {}

  tl::expected<void, RestoreError> run(std::string_view text) {
    std::uint32_t number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      WordReader in(line, ++number);
      if (!in.ok() || (!line.starts_with('#') && !in.at_end() && !run_line(in))) {
        return tl::unexpected(in.error());
      }
    }
    if (table_) {
      return tl::unexpected(RestoreError{number + 1, 1, "COMMIT was expected before the text ends."});
    }
    return {};
  }

 private:
  bool run_line(WordReader& in) {
    const Word& first = in.peek();
    if (!table_) {
      return first.text.starts_with('*') ? begin_table(in)
                                         : in.fail(first, "A table was expected, as *filter.");
    }
    if (first.text == "COMMIT") {
      in.take();
      return commit(in, first.column) && nothing_more(in);
    }
    if (first.text.starts_with(':')) {
      return declare_chain(in);
    }
    return command(in);
  }

  static bool nothing_more(WordReader& in) {
    return in.at_end() || in.fail(in.peek(), "The end of the line was expected.");
  }

  bool begin_table(WordReader& in) {
    const Word& word = in.take();
    const std::optional<std::uint16_t> name =
        number_of(tables_by_name, std::string_view(word.text).substr(1));
    if (!name) {
      return in.fail(word, "\"" + word.text.substr(1) + "\" is no table.");
    }
    const auto table = static_cast<TableName>(*name);
    const Table* const old = ruleset_.find(table);
    table_.emplace(old == nullptr ? new_table(table) : *old);
    if (!options_.noflush) {
      table_->flush();
    }
    return nothing_more(in);
  }

  bool commit(WordReader& in, std::uint32_t column) {
    Table table = table_->finish();
    if (const std::optional<TableFault> fault = fault_of(table)) {
      return in.fail(column, "The kernel would refuse rule " + std::to_string(fault->rule.number) + " of " +
                                 fault->rule.chain + ": " + fault->why);
    }
    if (Table* const old = ruleset_.find(table.name)) {
      *old = std::move(table);
    } else {
      ruleset_.tables.push_back(std::move(table));
    }
    table_.reset();
    return true;
  }

  /// ":NAME POLICY [packets:bytes]"
  bool declare_chain(WordReader& in) {
    const Word& word = in.take();
    const std::string name = word.text.substr(1);
    Chain* chain = table_->find(name);
    if (chain == nullptr) {
      if (!make_chain(in, word, name)) {
        return false;
      }
      chain = table_->find(name);
    } else if (!chain->policy) {
      chain->rules.clear();
    }
    const Word* const policy = in.take_value("a chain (its policy)");
    if (policy == nullptr || !set_policy(in, *policy, *chain)) {
      return false;
    }
    if (!in.at_end()) {
      const std::optional<Counters> counters = read_counters(in, in.take());
      if (!counters) {
        return false;
      }
      chain->counters = options_.counters ? *counters : Counters{};
    }
    return nothing_more(in);
  }

  bool make_chain(WordReader& in, const Word& word, const std::string& name) {
    constexpr std::size_t name_size_max = 28;  // XT_EXTENSION_MAXNAMELEN, with the byte that ends it
    if (name.empty() || name.size() > name_size_max) {
      return in.fail(word, "The name of a chain has 1 to 28 characters.");
    }
    if (name.starts_with('-') || name.starts_with('!') || new_target(name)) {
      return in.fail(word, "A chain cannot be named \"" + name + "\".");
    }
    table_->add(name);
    return true;
  }

  static bool set_policy(WordReader& in, const Word& word, Chain& chain) {
    if (!chain.policy) {
      return word.text == "-" || in.fail(word, "A user's chain has no policy: '-' was expected.");
    }
    if (word.text == "-") {
      return true;
    }
    if (word.text != "ACCEPT" && word.text != "DROP") {
      return in.fail(word, "A policy is ACCEPT or DROP, not \"" + word.text + "\".");
    }
    chain.policy = word.text == "DROP" ? Verdict::drop : Verdict::accept;
    return true;
  }

  Chain* take_chain(WordReader& in, std::string_view option) {
    const Word* const name = in.take_value(option);
    Chain* const chain = name == nullptr ? nullptr : table_->find(name->text);
    if (name != nullptr && chain == nullptr) {
      in.fail(*name, "There is no chain \"" + name->text + "\".");
    }
    return chain;
  }

  bool command(WordReader& in) {
    std::optional<Counters> counters;
    if (in.peek().text.starts_with('[')) {
      counters = read_counters(in, in.take());
      if (!counters) {
        return false;
      }
    }
    if (in.at_end()) {
      return in.fail(in.end_column(), "A command was expected, as -A.");
    }
    const Word word = in.take();
    if (word.text == "-A" || word.text == "--append") {
      Chain* const chain = take_chain(in, word.text);
      return chain != nullptr && insert_rule(in, *chain, chain->rules.size(), counters);
    }
    if (word.text == "-I" || word.text == "--insert") {
      Chain* const chain = take_chain(in, word.text);
      const std::optional<std::size_t> at = chain == nullptr ? std::nullopt : take_rule_number(in, 1);
      return at && (*at <= chain->rules.size() + 1 || in.fail(word, "There are not so many rules.")) &&
             insert_rule(in, *chain, *at - 1, counters);
    }
    if (word.text == "-D" || word.text == "--delete") {
      return delete_rule(in);
    }
    return chain_command(in, word);
  }

  /// The number behind "-I CHAIN", or the one it has if there is none.
  static std::optional<std::size_t> take_rule_number(WordReader& in, std::size_t absent) {
    if (in.at_end() || in.peek().text.empty() || in.peek().text[0] < '0' || in.peek().text[0] > '9') {
      return absent;
    }
    const Word& word = in.take();
    const std::optional<std::uint64_t> number = read_number(in, word, word.text, 0xffffffffU);
    if (number == 0U) {
      in.fail(word, "Rules count from 1.");
      return std::nullopt;
    }
    return number;
  }

  bool insert_rule(WordReader& in, Chain& chain, std::size_t at, const std::optional<Counters>& counters) {
    std::optional<Rule> rule = read_rule(in, *table_);
    if (!rule) {
      return false;
    }
    rule->counters = options_.counters ? counters.value_or(rule->counters) : Counters{};
    chain.rules.insert(chain.rules.begin() + static_cast<std::ptrdiff_t>(at), std::move(*rule));
    return true;
  }

  bool delete_rule(WordReader& in) {
    Chain* const chain = take_chain(in, "-D");
    const std::optional<std::size_t> at = chain == nullptr ? std::nullopt : take_rule_number(in, 0);
    if (!at) {
      return false;
    }
    if (*at > 0) {
      if (*at > chain->rules.size()) {
        return in.fail(1, "There are not so many rules.");
      }
      chain->rules.erase(chain->rules.begin() + static_cast<std::ptrdiff_t>(*at - 1));
      return nothing_more(in);
    }
    std::optional<Rule> rule = read_rule(in, *table_);
    if (!rule) {
      return false;
    }
    const auto place = std::ranges::find_if(chain->rules, [&](const Rule& other) {
      rule->counters = other.counters;
      return other == *rule;
    });
    if (place == chain->rules.end()) {
      return in.fail(1, "There is no such rule.");
    }
    chain->rules.erase(place);
    return true;
  }

  bool chain_command(WordReader& in, const Word& word) {
    if (word.text == "-F" || word.text == "--flush") {
      if (in.at_end()) {
        table_->clear_rules();
        return true;
      }
      Chain* const chain = take_chain(in, word.text);
      return chain != nullptr && (chain->rules.clear(), nothing_more(in));
    }
    if (word.text == "-N" || word.text == "--new-chain") {
      const Word* const name = in.take_value(word.text);
      if (name != nullptr && table_->find(name->text) != nullptr) {
        return in.fail(*name, "There is a chain of that name.");
      }
      return name != nullptr && make_chain(in, *name, name->text) && nothing_more(in);
    }
    if (word.text == "-X" || word.text == "--delete-chain") {
      return delete_chain(in);
    }
    if (word.text == "-P" || word.text == "--policy") {
      Chain* const chain = take_chain(in, word.text);
      const Word* const policy = chain == nullptr ? nullptr : in.take_value(word.text);
      return policy != nullptr && set_policy(in, *policy, *chain) && nothing_more(in);
    }
    return in.fail(word, "\"" + word.text + "\" is no command of a table.");
  }

  bool delete_chain(WordReader& in) {
    if (in.at_end()) {
      return in.fail(in.end_column(), "The name of a chain was expected.");
    }
    const Word name = in.peek();
    const Chain* const chain = take_chain(in, "-X");
    if (chain == nullptr) {
      return false;
    }
    if (chain->policy) {
      return in.fail(name, "A built-in chain cannot be deleted.");
    }
    if (!chain->rules.empty()) {
      return in.fail(name, "The chain is not empty.");
    }
    const auto refers = [&](const Rule& rule) {
      const auto* const jump = std::get_if<Jump>(&rule.target);
      return jump != nullptr && jump->chain == name.text;
    };
    const Chain* referring = nullptr;
    table_->for_each([&](const Chain& other) {
      referring = std::ranges::any_of(other.rules, refers) ? &other : referring;
    });
    if (referring != nullptr) {
      return in.fail(name, "Rules of " + referring->name + " jump to the chain.");
    }
    table_->remove(name.text);
    return nothing_more(in);
  }

  Ruleset& ruleset_;
  RestoreOptions options_;
  std::optional<TableDraft> table_;
};

}  // namespace

std::string to_text(const RestoreError& error) {
  return "line " + std::to_string(error.line) + ", column " + std::to_string(error.column) + ": " +
         error.message;
}

tl::expected<void, RestoreError> restore(Ruleset& ruleset, std::string_view text, RestoreOptions options) {
  return Restore(ruleset, options).run(text);
}

tl::expected<Ruleset, RestoreError> parse(std::string_view text) {
  Ruleset ruleset;
  RestoreOptions options;
  options.counters = true;
  if (const tl::expected<void, RestoreError> done = restore(ruleset, text, options); !done) {
    return tl::unexpected(done.error());
  }
  return ruleset;
}

}  // namespace plimsoll::overlay::netfilter
