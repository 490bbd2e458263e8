#include "impl/ipam/host_local/address_files.hpp"

#include <string_view>

#include "impl/base/assert.hpp"

namespace plimsoll::ipam {
namespace {

// Addresses of the files whose content satisfies `selected`, ascending.
template <class Selected>
std::vector<base::Ipv4> addresses_where(const std::map<base::Ipv4, std::string>& contents,
                                        Selected selected) {
  std::vector<base::Ipv4> addresses;
  for (const auto& [address, content] : contents) {
    if (selected(content)) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

}  // namespace

std::string file_content(const Attachment& attachment) {
  PLIMSOLL_ASSERT(is_valid(attachment));
  return attachment.container_id + "\r\n" + attachment.ifname;
}

std::vector<base::Ipv4> AddressFiles::held_by(const Attachment& attachment) const {
  const std::string own = file_content(attachment);
  return addresses_where(contents, [&](std::string_view content) {
    return content == own || content == attachment.container_id;
  });
}

std::vector<base::Ipv4> AddressFiles::released_by_del(const Attachment& attachment) const {
  const std::string own = file_content(attachment);
  std::vector<base::Ipv4> released =
      addresses_where(contents, [&](std::string_view content) { return content == own; });
  if (released.empty()) {
    released = addresses_where(contents,
                               [&](std::string_view content) { return content == attachment.container_id; });
  }
  return released;
}

std::vector<base::Ipv4> AddressFiles::released_by_gc(const std::set<Attachment>& valid) const {
  std::set<std::string> kept;
  for (const Attachment& attachment : valid) {
    kept.insert(file_content(attachment));
    kept.insert(attachment.container_id);
  }
  return addresses_where(
      contents, [&](const std::string& content) { return !content.empty() && !kept.contains(content); });
}

}  // namespace plimsoll::ipam
