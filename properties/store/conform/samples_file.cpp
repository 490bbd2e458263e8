#include "properties/store/conform/samples_file.hpp"

#include <charconv>
#include <string_view>

#include <boost/json.hpp>

#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {
namespace {

namespace json = boost::json;

/// The operations that "129 request_put of distinct keys o0..o128" stands for; null if it is no such text.
json::value expanded(std::string_view text) {
  std::size_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool is_known =
      std::string_view(end, text.data() + text.size()).starts_with(" request_put of distinct keys o0..o");
  if (failure != std::errc() || !is_known || count > 10'000) {
    return nullptr;
  }
  json::array operations;
  for (std::size_t i = 0; i < count; ++i) {
    const GatewayCall put = write_request(kv::PutRequest{"o" + std::to_string(i), "x"});
    operations.push_back(json::object{{"request_put", json::parse(put.json)}});
  }
  return operations;
}

void expand(json::value& request) {
  json::object* members = request.if_object();
  for (const char* branch : {"success", "failure"}) {
    json::value* found = members == nullptr ? nullptr : members->if_contains(branch);
    if (found != nullptr && found->is_string()) {
      json::value operations = expanded(found->get_string());
      if (!operations.is_null()) {
        *found = std::move(operations);
      }
    }
  }
}

/// None if a member is missing or of another type.
std::optional<Sample> sample_of(const json::value& value) {
  const json::object* members = value.if_object();
  if (members == nullptr) {
    return std::nullopt;
  }
  const json::value* path = members->if_contains("path");
  const json::value* request = members->if_contains("request");
  const json::value* status = members->if_contains("status");
  const json::value* response = members->if_contains("response");
  if (path == nullptr || !path->is_string() || request == nullptr || status == nullptr ||
      !status->is_int64() || response == nullptr) {
    return std::nullopt;
  }
  json::value asked = *request;
  expand(asked);
  Sample sample;
  sample.call = {std::string(path->get_string()), json::serialize(asked)};
  sample.status = static_cast<int>(status->get_int64());
  sample.response = json::serialize(*response);
  const json::value* name = members->if_contains("case");
  sample.name = name != nullptr && name->is_string() ? std::string(name->get_string()) : sample.call.path;
  return sample;
}

}  // namespace

tl::expected<std::vector<Sample>, scenario::Error> read_samples(const std::string& text,
                                                                const std::string& file) {
  std::vector<Sample> samples;
  std::uint32_t line = 0;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find('\n', first), text.size());
    ++line;
    const std::string_view content = std::string_view(text).substr(first, end - first);
    first = end + 1;
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    boost::system::error_code malformed;
    const json::value value = json::parse(content, malformed);
    if (malformed) {
      return tl::unexpected(scenario::Error{{file, line, 1}, "no JSON: " + malformed.message()});
    }
    std::optional<Sample> sample = sample_of(value);
    if (!sample) {
      return tl::unexpected(
          scenario::Error{{file, line, 1}, "expected an object with path, request, status and response"});
    }
    sample->line = line;
    samples.push_back(std::move(*sample));
  }
  return samples;
}

}  // namespace plimsoll::properties::store
