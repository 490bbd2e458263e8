// What a question comes to, given the index.
//
// Source: kubernetes/dns specification v1.1.0; coredns, plugin/kubernetes (parse.go, kubernetes.go). Beyond
// the names of the index there are those of no object: the zone, `svc` and `pod` in it and the reverse zones
// exist and have no records; `dns-version` has a TXT record; with `pods insecure` every address has a name in
// every namespace. A CNAME is not followed: its target is the resolver's next question.
#pragma once

#include <optional>
#include <string>

#include "impl/service/dns/records.hpp"

namespace plimsoll::dns {

/// The version of the specification that is served.
inline constexpr std::string_view dns_version = "1.1.0";
inline constexpr std::uint16_t longest_ttl = 3600;

/// What is wrong with a configuration, in words; nothing if it is fine.
[[nodiscard]] std::optional<std::string> problem(const Config& config);

/// REFUSED outside the zone and the reverse zones, which is nobody's business here.
/// Logarithmic in the names, linear in the answer. Pure: safe from any thread.
[[nodiscard]] Answer answer(const Config& config, const Index& index, const Question& question);

/// What is answered before there is anything to answer from: SERVFAIL, or REFUSED as above.
[[nodiscard]] Answer answer_unsynced(const Config& config, const Question& question);

}  // namespace plimsoll::dns
