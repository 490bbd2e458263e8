#include "checker/history/monitored_objects.hpp"

namespace plimsoll::history {

RegisterObject::Result RegisterObject::perform(State& state, const Request& request) {
  switch (request.what) {
    case What::read:
      return {state, false};
    case What::write:
      state = request.value;
      return {};
    case What::swap:
      if (state != request.expected) {
        return {std::nullopt, true};
      }
      state = request.value;
      return {};
  }
  return {};
}

StoreObject::Result StoreObject::perform(State& state, const Request& request) {
  StoreChanges changes;
  auto result = history::perform(state, request, changes);
  return {state.revision, std::move(result)};
}

bool StoreObject::agrees(const Request& request, const Result& is, const Result& told) {
  if (is.result.has_value() != told.result.has_value() ||
      (told.revision.value != 0 && told.revision != is.revision)) {
    return false;
  }
  return !is.result || history::agrees(request, *is.result, *told.result);
}

}  // namespace plimsoll::history
