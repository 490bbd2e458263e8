#include "impl/service/dns/answer.hpp"

#include <algorithm>
#include <vector>

#include "impl/service/dns/names.hpp"

namespace plimsoll::dns {
namespace {

bool is_ours(const Config& config, std::string_view name) {
  return is_reverse(name) || within_zone(name, config.zone).has_value();
}

Answer no_such_name(const Config& config) {
  return {Rcode::nxdomain, {}, config.ttl};
}
Answer no_data(const Config& config) {
  return {Rcode::noerror, {}, config.ttl};
}

/// Of `records`, those that answer a question for `type`.
Answer choose(const Config& config, const std::set<OwnedRecord>& records, Type type) {
  Answer result = no_data(config);
  for (const OwnedRecord& owned : records) {
    const Type has = owned.record.type;
    const bool alias = has == Type::cname && (type == Type::a || type == Type::aaaa);
    if (has != Type::other && (has == type || alias)) {
      result.records.insert(owned.record);
    }
  }
  return result;
}

/// Names that no object stands for, by their labels within the zone; nothing if it is none of these.
std::optional<Answer> fixed_name(const Config& config, const std::vector<std::string_view>& labels,
                                 Type type) {
  if (labels.empty()) {
    return no_data(config);
  }
  if (labels.size() > 1) {
    return std::nullopt;
  }
  if (labels[0] == "svc" || labels[0] == "pod") {
    return no_data(config);
  }
  if (labels[0] != "dns-version") {
    return std::nullopt;
  }
  Answer result = no_data(config);
  if (type == Type::txt) {
    result.records.insert({Type::txt, std::string(dns_version)});
  }
  return result;
}

/// `10-0-0-7.default.pod` under `pods insecure`: the label is believed.
std::optional<Answer> believed_pod(const Config& config, const Index& index,
                                   const std::vector<std::string_view>& labels, Type type) {
  if (config.pods != PodNames::insecure || labels.size() != 3 || labels[2] != "pod") {
    return std::nullopt;
  }
  const std::optional<Address> address = from_dashed(labels[0]);
  if (!address || !index.objects.namespaces.contains(std::string(labels[1]))) {
    return std::nullopt;
  }
  Answer result = no_data(config);
  const Type has = std::holds_alternative<base::Ipv4>(*address) ? Type::a : Type::aaaa;
  if (type == has) {
    result.records.insert({has, to_text(*address)});
  }
  return result;
}

}  // namespace

std::optional<std::string> problem(const Config& config) {
  if (config.ttl > longest_ttl) {
    return "ttl: " + std::to_string(config.ttl) + " is more than 3600";
  }
  if (config.zone.empty()) {
    return "zone: empty";
  }
  if (config.zone != canonical_name(config.zone)) {
    return "zone: '" + config.zone + "' is not in lower case, or ends with a dot";
  }
  if (is_reverse(config.zone)) {
    return "zone: '" + config.zone + "' is a reverse zone";
  }
  if (config.ignore_empty_service && config.no_endpoints) {
    return "ignore-empty-service needs the endpoints that no-endpoints does without";
  }
  return std::nullopt;
}

Answer answer(const Config& config, const Index& index, const Question& question) {
  const std::string name = canonical_name(question.name);
  if (!is_ours(config, name)) {
    return {Rcode::refused, {}, 0};
  }
  if (const auto rest = within_zone(name, config.zone)) {
    const std::vector<std::string_view> labels = labels_of(*rest);
    if (auto fixed = fixed_name(config, labels, question.type)) {
      return *fixed;
    }
    if (auto pod = believed_pod(config, index, labels, question.type)) {
      return *pod;
    }
  } else if (name == "in-addr.arpa" || name == "ip6.arpa") {
    return no_data(config);
  }
  const auto found = index.names.find(name);
  return found == index.names.end() ? no_such_name(config) : choose(config, found->second, question.type);
}

Answer answer_unsynced(const Config& config, const Question& question) {
  const bool ours = is_ours(config, canonical_name(question.name));
  return {ours ? Rcode::servfail : Rcode::refused, {}, 0};
}

}  // namespace plimsoll::dns
