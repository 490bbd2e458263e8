// From what the DNS server knows, is asked and answers, to the words of the specification.
//
// Pure functions, linear in what they are given; safe from any thread.
#pragma once

#include "impl/service/dns/types.hpp"
#include "model/service/dns.hpp"

namespace plimsoll::properties::names {

[[nodiscard]] model::dns::Rules rules_of(const dns::Config& config);
[[nodiscard]] model::dns::Cluster cluster_of(const dns::Objects& objects);
[[nodiscard]] model::dns::Question question_of(const dns::Question& question);
[[nodiscard]] model::dns::Answer answer_of(const dns::Answer& answer);

}  // namespace plimsoll::properties::names
