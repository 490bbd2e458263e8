#include "checker/scenario/location.hpp"

namespace plimsoll::scenario {

std::string Location::to_string() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Error::to_string() const {
  return where.to_string() + ": " + message;
}

}  // namespace plimsoll::scenario
