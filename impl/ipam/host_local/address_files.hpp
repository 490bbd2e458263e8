// host-local's directory: who holds which address, as files that survive every crash.
//
// Source: containernetworking/plugins plugins/ipam/host-local/backend/disk/backend.go (IPAM-2, IPAM-5). The
// directory of one network holds a file for each allocated address, named by the address, whose content is
// the container id, a carriage return and line feed, and the interface name; files written by old versions
// hold the container id only. Beside them, last_reserved_ip.<n> holds the address reserved last in range set
// n. Each member function that changes something stands for one atomic operation of the file system; the
// callers hold the directory's lock.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/ipam/host_local/cni.hpp"

namespace plimsoll::ipam {

/// The content of an attachment's file. Requires: is_valid(attachment), so that the content names one
/// attachment only.
[[nodiscard]] std::string file_content(const Attachment& attachment);

struct AddressFiles {
  std::map<base::Ipv4, std::string> contents;         ///< by file name
  std::map<std::uint32_t, base::Ipv4> last_reserved;  ///< by number of the range set
  PLIMSOLL_DESCRIBE(AddressFiles, contents, last_reserved)

  [[nodiscard]] bool holds(const base::Ipv4& address) const { return contents.contains(address); }
  /// Links a finished file into the directory. Returns false, and changes nothing, if the name exists.
  bool create(const base::Ipv4& address, std::string content) {
    return contents.try_emplace(address, std::move(content)).second;
  }
  /// Writes a file that is there.
  void write(const base::Ipv4& address, std::string content) { contents.at(address) = std::move(content); }
  void remove(const base::Ipv4& address) { contents.erase(address); }

  /// The addresses whose files name the attachment, by id and interface or, as old versions did, by id alone;
  /// ascending. Cost: one look at each file.
  [[nodiscard]] std::vector<base::Ipv4> held_by(const Attachment& attachment) const;
  /// What DEL removes: the files that name id and interface and, only if there are none, those that name the
  /// id alone.
  [[nodiscard]] std::vector<base::Ipv4> released_by_del(const Attachment& attachment) const;
  /// What GC removes: the files that name an attachment none of `valid` is. A file with no content names
  /// nobody: it is left alone, because whose it is cannot be known (people also write such files to set an
  /// address aside).
  [[nodiscard]] std::vector<base::Ipv4> released_by_gc(const std::set<Attachment>& valid) const;
};

}  // namespace plimsoll::ipam
