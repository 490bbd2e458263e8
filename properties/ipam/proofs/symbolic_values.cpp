#include "properties/ipam/proofs/symbolic_values.hpp"

#include <fmt/core.h>

#include "impl/base/ipv4.hpp"

namespace plimsoll::properties::ipam {

namespace carving = plimsoll::ipam::carving;

std::string address_text(std::uint64_t value) {
  return to_text(base::Ipv4(static_cast<std::uint32_t>(value)));
}

std::string prefix_text(std::uint64_t address, std::uint64_t length) {
  return fmt::format("{}/{}", address_text(address), length);
}

SymbolicPrefix prefix_variable(Terms& terms, std::string_view name) {
  return {terms.variable(name, address_bits), terms.variable(std::string(name) + " length", address_bits)};
}

std::string text_of(const Solver& model, const SymbolicPrefix& prefix) {
  return prefix_text(model.value(prefix.address), model.value(prefix.length));
}

std::string text_of(const Solver& model, const Word& address) {
  return address_text(model.value(address));
}

SymbolicCarving carving_variable(Terms& terms) {
  const auto word = [&terms](const char* name) { return terms.variable(name, address_bits); };
  return {word("Network"), word("Network length"), word("SubnetLen"), word("SubnetMin"), word("SubnetMax")};
}

Bool is_legal_network(const SymbolicCarving& c) {
  // Without host bits there is one network of length 0, 0.0.0.0/0, which is refused.
  return SymbolicPrefix{c.network, c.network_length}.is_network(address_bits) && c.network_length >= Word(1);
}

Bool is_legal(const SymbolicCarving& c, SkippedChecks skipped) {
  return is_legal_network(c) && carving::is_long_enough(c.subnet_len) &&
         carving::leaves_enough_subnets(c.network_length, c.subnet_len) &&
         carving::is_inside_network(c, c.subnet_min) &&
         (Bool(skipped.subnet_max_inside) || carving::is_inside_network(c, c.subnet_max)) &&
         (Bool(skipped.subnet_min_on_boundary) || carving::is_on_boundary(c, c.subnet_min)) &&
         carving::is_on_boundary(c, c.subnet_max) && c.subnet_min <= c.subnet_max;
}

std::string text_of(const Solver& model, const SymbolicCarving& c) {
  return fmt::format("Network {}, SubnetLen {}, SubnetMin {}, SubnetMax {}",
                     text_of(model, SymbolicPrefix{c.network, c.network_length}), model.value(c.subnet_len),
                     text_of(model, c.subnet_min), text_of(model, c.subnet_max));
}

SymbolicPrefix leasable_subnet(const SymbolicCarving& c, const Word& index) {
  return {carving::leasable_address(c, index), c.subnet_len};
}

std::vector<Bool> familiar(const SymbolicCarving& c) {
  const Word network(base::Ipv4(10, 1, 0, 0).value());
  return {c.network_length == Word(16), c.subnet_len == Word(24), c.network == network,
          c.subnet_min == carving::default_subnet_min(c), c.subnet_max == carving::default_subnet_max(c)};
}

}  // namespace plimsoll::properties::ipam
