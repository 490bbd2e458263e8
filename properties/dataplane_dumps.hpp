// What `plimsoll dataplane` judges: dumps of the tables of whole clusters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::properties {

/// One thing that is wrong with the tables, with the packet that shows it.
struct DumpFinding {
  std::string fault = {};              ///< "lost", "misdelivered", ...: one word or two
  std::string packet = {};             ///< "n1p1 > 10.244.2.2:8080 udp"; empty: seen in the tables alone
  std::string what = {};               ///< one sentence
  std::vector<std::string> path = {};  ///< of the packet, hop by hop
  std::uint64_t packets = 0;           ///< that share fault and place
};

/// The verdict on the tables of one moment.
struct DumpVerdict {
  std::string tables = {};  ///< their name in the dump
  std::uint64_t pods = 0;
  std::uint64_t nodes = 0;
  std::uint64_t services = 0;
  std::uint64_t inquiries = 0;  ///< sender, destination, protocol, port, size
  std::uint64_t packets = 0;    ///< that were followed: inquiries under all choices
  unsigned ttl_needed = 0;      ///< by the longest way; 0: no datagram arrived
  std::vector<DumpFinding> violations = {};
  std::vector<DumpFinding> unknowns = {};  ///< what is not modelled, so that there is no verdict
};

/// How tables are judged; the verdict is the same.
enum class DumpEngine : std::uint8_t {
  exact,   ///< every packet is followed
  classes  ///< only those that the nodes' rows do not settle
};

struct DumpRequest {
  std::string path = {};
  std::string only = {};  ///< tables of that name; empty: all
  DumpEngine engine = DumpEngine::exact;
};
struct DumpJudgement {
  std::vector<DumpVerdict> verdicts = {};  ///< in order of the tables' names
  std::string counterexamples = {};        ///< a document: overlay/all_packets/counterexample.hpp
};

/// Judges all tables of the file, or those of one name only.
/// Errors: the file cannot be read, is no dump, or has no tables of that name.
[[nodiscard]] tl::expected<DumpJudgement, scenario::Error> judge_dump(const DumpRequest& request);

/// One inquiry whose packets fare otherwise in other tables.
struct FateChange {
  std::string packet = {};
  std::string before = {};  ///< its fates, "or" between them; empty: nobody asked there
  std::string after = {};
};

struct DumpDifference {
  std::string before = {};  ///< names of the tables
  std::string after = {};
  std::uint64_t inquiries = 0;  ///< of either
  std::vector<FateChange> changes = {};
};

/// Compares the fates of all packets before and after changes of the tables, of which the dump must have one
/// set, or one of the name `only`. Changes are as overlay/all_packets/command.hpp says, made in this order.
/// Errors: as compare_dumps(), or a change cannot be read, or the kernel would refuse it.
[[nodiscard]] tl::expected<DumpDifference, scenario::Error> what_if(const std::string& path,
                                                                    const std::vector<std::string>& changes,
                                                                    const std::string& only);

/// Compares the fates of all packets in the tables of two dumps, which must have one each, or one each of the
/// name `only`. Errors: as judge_dump(), or a file has tables of several names.
[[nodiscard]] tl::expected<DumpDifference, scenario::Error> compare_dumps(const std::string& before,
                                                                          const std::string& after,
                                                                          const std::string& only);

}  // namespace plimsoll::properties
