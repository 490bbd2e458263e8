#include "properties/store/world/observed.hpp"

#include <type_traits>
#include <utility>

namespace plimsoll::properties::store {
namespace {

using history::StoreMonitor;
using history::StoreRequest;
using history::StoreResult;

bool may_have_happened(kv::ErrorCode code) {
  return code == kv::ErrorCode::unavailable || code == kv::ErrorCode::leader_changed ||
         code == kv::ErrorCode::timed_out || code == kv::ErrorCode::no_space;
}

}  // namespace

std::optional<StoreRequest> observed(const RequestBody& body) {
  return std::visit(
      [](const auto& request) -> std::optional<StoreRequest> {
        if constexpr (std::is_constructible_v<StoreRequest, decltype(request)>) {
          const StoreRequest made(request);
          return history::reads_the_past(made) ? std::nullopt : std::optional(made);
        } else {
          return std::nullopt;
        }
      },
      body);
}

StoreMonitor history_after(const std::vector<RequestBody>& done) {
  StoreMonitor::Possibility begun;
  for (const RequestBody& body : done) {
    if (const auto request = observed(body)) {
      static_cast<void>(history::StoreObject::perform(begun.state, *request));
    }
  }
  StoreMonitor monitor;
  monitor.possible = {std::move(begun)};
  return monitor;
}

void note_answer(StoreMonitor& monitor, const history::Caller& caller, const kv::Response& response) {
  if (const auto* const error = std::get_if<kv::ErrorResult>(&response.result)) {
    return may_have_happened(error->code) ? monitor.abandon(caller) : monitor.refuse(caller);
  }
  std::visit(
      [&](const auto& result) {
        if constexpr (std::is_constructible_v<StoreResult, decltype(result)>) {
          monitor.returned(caller, {response.revision, StoreResult(result)});
        } else {
          PLIMSOLL_ASSERT_KNOWN(false, "an answer to another request");
        }
      },
      response.result);
}

}  // namespace plimsoll::properties::store
