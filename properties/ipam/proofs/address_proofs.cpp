#include "properties/ipam/proofs/targets.hpp"

namespace plimsoll::properties::ipam {

symbolic::ProofTarget address_proofs() {
  symbolic::ProofTarget target;
  target.name = "ipam";
  target.description =
      "subnets carved by flannel and addresses handed out by host-local, every configuration";
  target.assumptions = {
      "IPv4. Addresses and lengths are words of 32 bits with any value that the checks of "
      "make_network_config() and make_range() let through.",
      "The arithmetic of subnets, prefixes and ranges is the text that runs (impl/base/word_arithmetic.hpp, "
      "impl/ipam/flannel/carving.hpp, impl/ipam/host_local/range_arithmetic.hpp), read over terms.",
      "The defaults of a range and the order of its addresses are a second formulation, which a test "
      "compares "
      "with make_range() and RangeIter.",
      "Which configurations the checks let through is a conjunction of the same predicates, written here "
      "once "
      "more; a test compares it with make_network_config().",
      "All nodes have the same network configuration.",
  };
  target.claims = carving_claims();
  for (symbolic::Claim& claim : range_claims()) {
    target.claims.push_back(std::move(claim));
  }
  target.variants = {
      {"default-max-unmasked", "The default SubnetMax is the network's last address.", "defaults-are-legal"},
      {"unaligned-subnet-min", "Nobody checks that SubnetMin is on a SubnetLen boundary.",
       "subnets-are-on-boundaries"},
      {"subnet-max-outside", "Nobody checks that SubnetMax is inside Network.", "subnets-stay-inside"},
      {"half-a-step", "The next subnet begins half a subnet further.", "subnets-are-disjoint"},
      {"candidates-wrap",
       "As flannel walks: from address to address, and 0.0.0.0 follows the last subnet of all.",
       "walk-stays-inside"},
      {"last-subnet-forgotten", "The subnet at SubnetMax is not counted.", "indexes-count-subnets"},
      {"jump-one-too-far", "Behind a lease one more candidate is passed over.", "jumps-skip-no-free-subnet"},
      {"length-not-compared", "A lease of any length is taken over, if its address is between the limits.",
       "compatible-leases-are-inside"},
      {"overlap-by-equality", "Prefixes are said to overlap if they are equal.",
       "overlap-is-a-common-address"},
      {"end-is-broadcast", "The default end of a range is the subnet's last address.",
       "default-range-is-plain"},
      {"range-end-is-broadcast", "rangeEnd is the broadcast address, which host-local allows.",
       "explicit-range-is-plain"},
      {"walk-ends-late", "The walk goes on to the next range one address after the end.",
       "walk-stays-in-ranges"},
      {"range-end-outside", "Nobody checks that rangeEnd is in the subnet.",
       "disjoint-subnets-disjoint-ranges"},
      {"I4", "Both nodes hand out addresses of one hand-written range.", "pods-of-different-nodes-differ"},
  };
  return target;
}

}  // namespace plimsoll::properties::ipam
