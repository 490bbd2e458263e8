// Recorded requests to a real etcd's gateway and its answers, one JSON object a line.
//
// Members of a line: n, case (what it shows), path, request, status, response; of a watch, the response is
// the list of the stream's messages. Others are ignored. A transaction's branch may be abbreviated as a text,
// "129 request_put of distinct keys o0..o128".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "properties/store/conform/gateway.hpp"

namespace plimsoll::properties::store {

struct Sample {
  std::uint32_t line = 0;
  std::string name = {};  ///< the case
  GatewayCall call = {};
  int status = 0;
  std::string response = {};  ///< JSON
};

/// Error: a line that is no sample.
[[nodiscard]] tl::expected<std::vector<Sample>, scenario::Error> read_samples(const std::string& text,
                                                                              const std::string& file);

}  // namespace plimsoll::properties::store
