#include "ci/bench/world_request.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace plimsoll::bench {
namespace {

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

}  // namespace

Result<Request> read_arguments(const std::vector<std::string>& arguments) {
  Request request;
  std::optional<std::uint64_t> repeat;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--quick") {
      request.quick = true;
      continue;
    }
    if (!name.starts_with("--")) {
      request.scenarios.push_back(name);
      continue;
    }
    if (name != "--root" && name != "--json" && name != "--repeat" && name != "--states") {
      return tl::unexpected(Failure{
          2, "usage: ci/bench/run [--quick] [--repeat N] [--states N] [--json FILE] [SCENARIO...]; not " +
                 name});
    }
    if (++i == arguments.size()) {
      return tl::unexpected(Failure{2, name + " needs a value"});
    }
    const std::string& value = arguments[i];
    if (name == "--root") {
      request.root = value;
    } else if (name == "--json") {
      request.json_path = value;
    } else if (!read_number(value, name == "--repeat" ? repeat.emplace() : request.states_max)) {
      return tl::unexpected(Failure{2, name + " needs a positive number, not " + value});
    }
  }
  request.repeat = repeat.value_or(request.quick ? 1 : request.repeat);
  return request;
}

}  // namespace plimsoll::bench
