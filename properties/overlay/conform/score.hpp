// How far a predicted outcome agrees with a recorded one. Both are JSON objects, as text.
#pragma once

#include <string>

namespace plimsoll::properties::overlay {

/// The tier reached, each needing the ones before:
///   0 nothing
///   1 verdict, and who received
///   2 source, destination, TTL and source port of what was received; the reply; how connect() ended
///   3 the sender's error, and the ICMP errors that were sent
///   4 every hop of the request and of the reply, but for source ports that NAT drew
[[nodiscard]] unsigned tier(const std::string& expected, const std::string& predicted);

/// Where the two first differ, tier by tier, for people.
[[nodiscard]] std::string difference(const std::string& expected, const std::string& predicted);

}  // namespace plimsoll::properties::overlay
