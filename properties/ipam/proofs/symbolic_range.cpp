#include "properties/ipam/proofs/symbolic_range.hpp"

#include <fmt/core.h>

namespace plimsoll::properties::ipam {

SymbolicRange range_variable(Terms& terms, std::string_view name) {
  const auto word = [&](const char* part) {
    return terms.variable(std::string(name) + " " + part, address_bits);
  };
  return {prefix_variable(terms, name), word("start"), word("end"), word("gateway")};
}

Bool is_legal(const SymbolicRange& range, bool may_end_outside) {
  return range.subnet.is_network(range_subnet_len_max) && range.subnet.contains(range.start) &&
         (Bool(may_end_outside) || range.subnet.contains(range.end)) && range.start <= range.end;
}

SymbolicRange default_range(const SymbolicPrefix& subnet) {
  const Word gateway = default_gateway(subnet.address, subnet.length);
  return {subnet, gateway, default_end(subnet.address, subnet.length), gateway};
}

std::string text_of(const Solver& model, const SymbolicRange& range) {
  return fmt::format("subnet {}, {} to {}, gateway {}", text_of(model, range.subnet),
                     text_of(model, range.start), text_of(model, range.end), text_of(model, range.gateway));
}

}  // namespace plimsoll::properties::ipam
