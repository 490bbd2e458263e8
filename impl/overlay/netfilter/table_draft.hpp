// A table while iptables-restore works on it: chains are found and made in logarithmic time, in whatever
// order the text names them. Private to save_format.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::overlay::netfilter {

class TableDraft {
 public:
  explicit TableDraft(const Table& table) : name_(table.name) {
    for (const Chain& chain : table.chains) {
      if (chain.policy) {
        built_in_.push_back(chain);
      } else {
        users_.emplace_hint(users_.end(), chain.name, chain);
      }
    }
  }

  [[nodiscard]] TableName name() const { return name_; }
  [[nodiscard]] const Chain* find(std::string_view name) const {
    for (const Chain& chain : built_in_) {
      if (chain.name == name) {
        return &chain;
      }
    }
    const auto place = users_.find(name);
    return place == users_.end() ? nullptr : &place->second;
  }
  [[nodiscard]] Chain* find(std::string_view name) {
    return const_cast<Chain*>(std::as_const(*this).find(name));  // NOLINT(*-const-cast): this is not const
  }

  /// Requires: there is no chain of that name.
  Chain& add(const std::string& name) {
    return users_.emplace(name, Chain{name, std::nullopt, {}, {}}).first->second;
  }
  /// A user's chain. Requires: no rule jumps to it.
  void remove(const std::string& name) { users_.erase(name); }
  /// No rules and no users' chains are left; policies stay.
  void flush() {
    users_.clear();
    clear_rules();
  }
  void clear_rules() {
    for_each([](Chain& chain) { chain.rules.clear(); });
  }

  template <class Visit>
  void for_each(const Visit& visit) {
    for (Chain& chain : built_in_) {
      visit(chain);
    }
    for (auto& [name, chain] : users_) {
      visit(chain);
    }
  }

  /// The finished table. The draft is empty then.
  [[nodiscard]] Table finish() {
    Table table{name_, std::move(built_in_)};
    for (auto& [name, chain] : users_) {
      table.chains.push_back(std::move(chain));
    }
    users_.clear();
    return table;
  }

 private:
  TableName name_;
  std::vector<Chain> built_in_;
  std::map<std::string, Chain, std::less<>> users_;
};

}  // namespace plimsoll::overlay::netfilter
