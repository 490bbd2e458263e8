// Which addresses a host-local pool consists of, and in which order they are tried.
//
// Source: containernetworking/plugins, plugins/ipam/host-local/backend/allocator: range.go (canonical form),
// range_set.go and allocator.go (RangeIter); rules IPAM-1 and IPAM-3. Deviates: (1) a start above the default
// end is refused, where the original walks off the range; (2) an exhausted iterator stays exhausted; (3) an
// IPv4-mapped IPv6 address is an IPv6 address, where Go's net.IP makes it an IPv4 one; (4) a range set has
// one address family by type, so mixing is an error of make_range_set() alone.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/ipv4.hpp"
#include "impl/base/ipv6.hpp"
#include "impl/base/prefix.hpp"
#include "impl/ipam/host_local/range_arithmetic.hpp"

namespace plimsoll::ipam {

/// What is wrong with a range or a range set.
struct RangeError {
  std::string
      field;  ///< as CNI writes it: "subnet", "rangeStart", "rangeEnd", "gateway"; "ranges" for a whole set
  std::string sentence;  ///< names the field and the addresses
  bool operator==(const RangeError&) const = default;
};

/// A range before its canonical form; what is absent is nullopt.
template <class Address>
struct RangeFields {
  base::Prefix<Address> subnet;
  std::optional<Address> start = {};
  std::optional<Address> end = {};
  std::optional<Address> gateway = {};
  bool operator==(const RangeFields&) const = default;
};

/// A range in canonical form. Build it with make_range() only.
///
/// Invariants: (1) subnet has no host bits and at least four addresses; (2) start <= end, both in subnet.
/// gateway may lie anywhere, even outside subnet.
template <class Address>
struct Range {
  base::Prefix<Address> subnet;
  Address start;    ///< first address of the range; the gateway is skipped when it comes
  Address end;      ///< last address of the range
  Address gateway;  ///< never handed out from this range
  bool operator==(const Range&) const = default;

  /// Whether `address` is from start to end; true of the gateway too, if it lies there.
  [[nodiscard]] bool contains(const Address& address) const {
    return range_arithmetic::is_in_range(start, end, address);
  }
  /// Whether some address is in both ranges. Their subnets may well overlap when they do not.
  [[nodiscard]] bool overlaps(const Range& other) const {
    return range_arithmetic::ranges_overlap(start, end, other.start, other.end);
  }
  /// Whether `address` may be handed out from this range.
  [[nodiscard]] bool is_allocatable(const Address& address) const {
    return range_arithmetic::is_allocatable(start, end, gateway, address);
  }
};

/// IPAM-1. Defaults: gateway and start are the first address after the subnet's own; end is the last address
/// (IPv6) or the one before it (IPv4, whose last address is the broadcast address). A start or an end given
/// explicitly may be the subnet's own or its broadcast address, as in the original.
/// @return the range, or the first error in the order subnet, start, end.
template <class Address>
tl::expected<Range<Address>, RangeError> make_range(const RangeFields<Address>& fields);

/// Some ranges of one address family, disjoint, in the order in which they are used.
///
/// Thread-safety: const after construction. Invariants: (1) at least one range; (2) no address is in two of
/// them.
template <class Address>
class RangeSet {
 public:
  /// @return the set, or an error of field "ranges": it is empty, or two ranges overlap.
  /// Cost: quadratic in the number of ranges.
  static tl::expected<RangeSet, RangeError> make(std::vector<Range<Address>> ranges);

  [[nodiscard]] const std::vector<Range<Address>>& ranges() const { return ranges_; }
  /// The range that contains `address`, or null.
  [[nodiscard]] const Range<Address>* range_for(const Address& address) const;
  [[nodiscard]] bool contains(const Address& address) const { return range_for(address) != nullptr; }
  /// Whether `address` may ever be handed out: it is in a range and is not that range's gateway (IPAM-1,
  /// IPAM-4).
  [[nodiscard]] bool is_allocatable(const Address& address) const;
  /// Whether some address is in both sets: one network's sets must not share any.
  [[nodiscard]] bool overlaps(const RangeSet& other) const;

  bool operator==(const RangeSet&) const = default;

 private:
  explicit RangeSet(std::vector<Range<Address>> ranges) : ranges_(std::move(ranges)) {}

  std::vector<Range<Address>> ranges_;
};

/// Walks a range set once, in the order in which an allocation tries its addresses (IPAM-3): round robin from
/// the address after `last_reserved`, or from the first range's start if there is none or it is in no range
/// any more. Every allocatable address comes exactly once, `last_reserved` itself last; gateways are skipped.
///
/// Thread-safety: none; one iterator, one thread. The set must outlive the iterator.
template <class Address>
class RangeIter {
 public:
  RangeIter(const RangeSet<Address>& set, const std::optional<Address>& last_reserved);

  struct Candidate {
    Address address;
    const Range<Address>* range;  ///< says subnet and gateway; belongs to the set
  };

  /// @return the next candidate, or nothing when all have been tried. Cost: constant, but for one round a
  /// range that consists of its gateway only.
  std::optional<Candidate> next();

 private:
  /// Moves to the address after the current one; from a range's end to the start of the next range, round the
  /// set.
  void advance();

  const RangeSet<Address>* set_;
  std::size_t range_index_ = 0;  ///< of the range that current_ is in
  Address current_;              ///< the address to look at next
  Address stop_;                 ///< where the walk began: when current_ is here again, it is over
  bool has_begun_ = false;
};

/// The first `limit` addresses that RangeIter yields.
template <class Address>
std::vector<Address> next_candidates(const RangeSet<Address>& set,
                                     const std::optional<Address>& last_reserved, std::size_t limit);

/// A range as text, the way a CNI configuration holds it.
struct RangeText {
  std::string subnet;                           ///< "10.1.5.0/24" or "fd00:10:5::/64"
  std::optional<std::string> range_start = {};  ///< rangeStart
  std::optional<std::string> range_end = {};    ///< rangeEnd
  std::optional<std::string> gateway = {};      ///< gateway
};

/// A range set of either family.
using AnyRangeSet = std::variant<RangeSet<base::Ipv4>, RangeSet<base::Ipv6>>;

/// Reads the ranges of one set, canonicalises each and joins them. The first subnet says which family the set
/// is of.
/// @return the set, or the first error.
tl::expected<AnyRangeSet, RangeError> make_range_set(std::span<const RangeText> ranges);

extern template class RangeSet<base::Ipv4>;
extern template class RangeSet<base::Ipv6>;
extern template class RangeIter<base::Ipv4>;
extern template class RangeIter<base::Ipv6>;

}  // namespace plimsoll::ipam
