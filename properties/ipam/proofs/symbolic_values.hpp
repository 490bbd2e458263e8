// Addresses, prefixes and configurations as terms, what makes them legal, and how a model of them reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/symbolic/solver.hpp"
#include "checker/symbolic/terms.hpp"
#include "impl/base/word_arithmetic.hpp"
#include "impl/ipam/flannel/carving.hpp"

namespace plimsoll::properties::ipam {

using symbolic::Bool;
using symbolic::Solver;
using symbolic::Terms;
using symbolic::Word;

inline constexpr unsigned address_bits = 32;

/// "10.1.0.7".
[[nodiscard]] std::string address_text(std::uint64_t value);
/// "10.1.0.0/16", host bits and all.
[[nodiscard]] std::string prefix_text(std::uint64_t address, std::uint64_t length);

/// A prefix as two words of 32 bits. Its arithmetic is that of base::Prefix.
struct SymbolicPrefix {
  Word address;
  Word length;

  [[nodiscard]] Word first() const { return base::masked(address, length); }
  [[nodiscard]] Word last() const { return base::filled(address, length); }
  [[nodiscard]] Bool contains(const Word& other) const { return base::covers(address, length, other); }
  [[nodiscard]] Bool overlaps(const SymbolicPrefix& other) const {
    return base::overlap(address, length, other.address, other.length);
  }
  /// A length of at most `length_max`, and no host bits.
  [[nodiscard]] Bool is_network(unsigned length_max) const {
    return length <= Word(length_max) && address == first();
  }
  friend Bool operator==(const SymbolicPrefix& a, const SymbolicPrefix& b) {
    return a.address == b.address && a.length == b.length;
  }
};

[[nodiscard]] SymbolicPrefix prefix_variable(Terms& terms, std::string_view name);
[[nodiscard]] std::string text_of(const Solver& model, const SymbolicPrefix& prefix);
[[nodiscard]] std::string text_of(const Solver& model, const Word& address);

using SymbolicCarving = plimsoll::ipam::carving::Carving<Word>;

/// Checks of make_network_config() that a variant leaves out.
struct SkippedChecks {
  bool subnet_min_on_boundary = false;
  bool subnet_max_inside = false;
};

[[nodiscard]] SymbolicCarving carving_variable(Terms& terms);
/// Everything that FLN-C1 asks: what make_network_config() accepts.
[[nodiscard]] Bool is_legal(const SymbolicCarving& carving, SkippedChecks skipped = {});
/// A Network that make_network_config() accepts, whatever SubnetLen is.
[[nodiscard]] Bool is_legal_network(const SymbolicCarving& carving);
/// "Network 10.1.0.0/16, SubnetLen 24, SubnetMin 10.1.1.0, SubnetMax 10.1.255.0".
[[nodiscard]] std::string text_of(const Solver& model, const SymbolicCarving& carving);
/// The subnet at `index`, as flannel leases it.
[[nodiscard]] SymbolicPrefix leasable_subnet(const SymbolicCarving& carving, const Word& index);
/// What most people configure, to have models that look familiar.
[[nodiscard]] std::vector<Bool> familiar(const SymbolicCarving& carving);

}  // namespace plimsoll::properties::ipam
