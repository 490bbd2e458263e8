#include "impl/ipam/host_local/cni.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::ipam {
namespace {

// Spelled out rather than asked of <cctype>: what counts as a letter there depends on the locale.
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_valid_container_id(std::string_view id) {
  return !id.empty() && is_letter_or_digit(id.front()) && std::all_of(id.begin(), id.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
  });
}

bool is_valid_ifname(std::string_view name) {
  constexpr std::size_t length_max = 15;  // the kernel's IFNAMSIZ, less the final zero
  constexpr std::string_view refused = "/: \t\n\v\f\r";
  return !name.empty() && name.size() <= length_max && name != "." && name != ".." &&
         name.find_first_of(refused) == std::string_view::npos;
}

}  // namespace

bool is_valid(const Attachment& attachment) {
  return is_valid_container_id(attachment.container_id) && is_valid_ifname(attachment.ifname);
}

std::string_view sentence(CniError error) {
  switch (error) {
    case CniError::invalid_attachment:
      return "The container id or the interface name is not of the form that CNI demands.";
    case CniError::network_down:
      return "The node has no subnet to give addresses from.";
    case CniError::unusable_subnet:
      return "The node's subnet is too small to give addresses from.";
    case CniError::already_allocated:
      return "The attachment already holds an address.";
    case CniError::not_in_range:
      return "The requested address is in no range.";
    case CniError::is_gateway:
      return "The requested address is the gateway of its range.";
    case CniError::not_free:
      return "The requested address is held already.";
    case CniError::exhausted:
      return "Every address of the range set is held.";
    case CniError::nothing_allocated:
      return "The attachment holds no address.";
  }
  PLIMSOLL_ASSERT(false);
  return {};
}

}  // namespace plimsoll::ipam
