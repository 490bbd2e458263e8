#include "impl/ipam/host_local/ranges.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv6;
using base::Prefix;

constexpr unsigned host_bits_min = 2;

tl::unexpected<RangeError> refuse(std::string field, std::string sentence) {
  return tl::unexpected(RangeError{std::move(field), std::move(sentence)});
}

/// The highest address that is handed out by default.
Ipv4 default_end(const Prefix<Ipv4>& subnet) {
  return subnet.last().previous();
}
Ipv6 default_end(const Prefix<Ipv6>& subnet) {
  return subnet.last();
}

template <class Address>
std::string text_of(const Range<Address>& range) {
  return fmt::format("{}-{}", to_text(range.start), to_text(range.end));
}

/// Reads an optional address of the family that the set is of.
template <class Address>
tl::expected<std::optional<Address>, RangeError> read_address(const std::string& field,
                                                              const std::optional<std::string>& text) {
  if (!text) {
    return std::optional<Address>();
  }
  const auto address = Address::parse(*text);
  if (!address) {
    return refuse(field, field + " " + address.error());
  }
  return std::optional<Address>(*address);
}

template <class Address>
tl::expected<Range<Address>, RangeError> read_range(const RangeText& text) {
  const auto subnet = Prefix<Address>::parse(text.subnet);
  if (!subnet) {
    return refuse("subnet", "subnet " + subnet.error());
  }
  const auto start = read_address<Address>("rangeStart", text.range_start);
  const auto end = read_address<Address>("rangeEnd", text.range_end);
  const auto gateway = read_address<Address>("gateway", text.gateway);
  for (const auto* const address : {&start, &end, &gateway}) {
    if (!*address) {
      return tl::unexpected(address->error());
    }
  }
  return make_range(RangeFields<Address>{*subnet, *start, *end, *gateway});
}

template <class Address>
tl::expected<AnyRangeSet, RangeError> read_range_set(std::span<const RangeText> texts) {
  std::vector<Range<Address>> ranges;
  for (const RangeText& text : texts) {
    auto range = read_range<Address>(text);
    if (!range) {
      return tl::unexpected(range.error());
    }
    ranges.push_back(*range);
  }
  return RangeSet<Address>::make(std::move(ranges)).map([](RangeSet<Address> set) {
    return AnyRangeSet(std::move(set));
  });
}

bool looks_like_ipv6(const RangeText& text) {
  return text.subnet.find(':') != std::string::npos;
}

}  // namespace

template <class Address>
tl::expected<Range<Address>, RangeError> make_range(const RangeFields<Address>& fields) {
  const Prefix<Address>& subnet = fields.subnet;
  const std::string name = to_text(subnet);
  if (subnet.length() > Address::width_bits - host_bits_min) {
    return refuse("subnet",
                  fmt::format("subnet {} is too small to allocate from: its prefix may have at most {} bits",
                              name, Address::width_bits - host_bits_min));
  }
  if (subnet.has_host_bits()) {
    return refuse("subnet", fmt::format("subnet {} has host bits set: did you mean {}?", name,
                                        to_text(subnet.network())));
  }
  const Address second = subnet.first().next();
  const Range<Address> range{subnet, fields.start.value_or(second), fields.end.value_or(default_end(subnet)),
                             fields.gateway.value_or(second)};
  if (!subnet.contains(range.start)) {
    return refuse("rangeStart",
                  fmt::format("rangeStart {} is not in the subnet {}", to_text(range.start), name));
  }
  if (!subnet.contains(range.end)) {
    return refuse("rangeEnd", fmt::format("rangeEnd {} is not in the subnet {}", to_text(range.end), name));
  }
  if (range.start > range.end) {
    const std::string field = fields.start ? "rangeStart" : "rangeEnd";
    return refuse(field, fmt::format("{} {} makes the range {} empty", field,
                                     to_text(fields.start ? range.start : range.end), text_of(range)));
  }
  return range;
}

template <class Address>
tl::expected<RangeSet<Address>, RangeError> RangeSet<Address>::make(std::vector<Range<Address>> ranges) {
  if (ranges.empty()) {
    return refuse("ranges", "a range set needs at least one range");
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    for (std::size_t j = i + 1; j < ranges.size(); ++j) {
      if (ranges[i].overlaps(ranges[j])) {
        return refuse("ranges", fmt::format("the ranges {} and {} of one set overlap", text_of(ranges[i]),
                                            text_of(ranges[j])));
      }
    }
  }
  return RangeSet(std::move(ranges));
}

template <class Address>
const Range<Address>* RangeSet<Address>::range_for(const Address& address) const {
  for (const Range<Address>& range : ranges_) {
    if (range.contains(address)) {
      return &range;
    }
  }
  return nullptr;
}

template <class Address>
bool RangeSet<Address>::is_allocatable(const Address& address) const {
  const Range<Address>* const range = range_for(address);
  return range != nullptr && range->is_allocatable(address);
}

template <class Address>
bool RangeSet<Address>::overlaps(const RangeSet& other) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&other](const Range<Address>& own) {
    return std::any_of(other.ranges_.begin(), other.ranges_.end(),
                       [&own](const Range<Address>& theirs) { return own.overlaps(theirs); });
  });
}

template <class Address>
RangeIter<Address>::RangeIter(const RangeSet<Address>& set, const std::optional<Address>& last_reserved)
    : set_(&set) {
  const Range<Address>* const range = last_reserved ? set.range_for(*last_reserved) : nullptr;
  if (range == nullptr) {
    current_ = set.ranges().front().start;
  } else {
    range_index_ = static_cast<std::size_t>(range - set.ranges().data());
    current_ = *last_reserved;
    advance();
  }
  stop_ = current_;
}

template <class Address>
void RangeIter<Address>::advance() {
  if (current_ != set_->ranges()[range_index_].end) {
    current_ = current_.next();
    return;
  }
  range_index_ = (range_index_ + 1) % set_->ranges().size();
  current_ = set_->ranges()[range_index_].start;
}

template <class Address>
auto RangeIter<Address>::next() -> std::optional<Candidate> {
  while (!has_begun_ || current_ != stop_) {
    has_begun_ = true;
    const Candidate candidate{current_, &set_->ranges()[range_index_]};
    advance();
    if (candidate.address != candidate.range->gateway) {
      return candidate;
    }
  }
  return std::nullopt;
}

template <class Address>
std::vector<Address> next_candidates(const RangeSet<Address>& set,
                                     const std::optional<Address>& last_reserved, std::size_t limit) {
  std::vector<Address> candidates;
  RangeIter<Address> iter(set, last_reserved);
  while (candidates.size() < limit) {
    const auto candidate = iter.next();
    if (!candidate) {
      break;
    }
    candidates.push_back(candidate->address);
  }
  return candidates;
}

tl::expected<AnyRangeSet, RangeError> make_range_set(std::span<const RangeText> ranges) {
  const bool is_ipv6 = !ranges.empty() && looks_like_ipv6(ranges.front());
  for (const RangeText& text : ranges) {
    if (looks_like_ipv6(text) != is_ipv6) {
      return refuse("ranges", "a range set has one address family: IPv4 and IPv6 subnets cannot be mixed");
    }
  }
  return is_ipv6 ? read_range_set<Ipv6>(ranges) : read_range_set<Ipv4>(ranges);
}

template tl::expected<Range<Ipv4>, RangeError> make_range(const RangeFields<Ipv4>&);
template tl::expected<Range<Ipv6>, RangeError> make_range(const RangeFields<Ipv6>&);
template class RangeSet<Ipv4>;
template class RangeSet<Ipv6>;
template class RangeIter<Ipv4>;
template class RangeIter<Ipv6>;
template std::vector<Ipv4> next_candidates(const RangeSet<Ipv4>&, const std::optional<Ipv4>&, std::size_t);
template std::vector<Ipv6> next_candidates(const RangeSet<Ipv6>&, const std::optional<Ipv6>&, std::size_t);

}  // namespace plimsoll::ipam
