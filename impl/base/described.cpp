#include "impl/base/described.hpp"

#include <cctype>
#include <mutex>
#include <vector>

namespace plimsoll::base {
namespace {

struct Makings {
  std::recursive_mutex mutex;
  std::size_t depth = 0;
  std::vector<std::atomic<bool>*> to_complete;
};

Makings& makings() {
  static Makings all;
  return all;
}

}  // namespace

SchemaMaking::SchemaMaking() {
  makings().mutex.lock();
  ++makings().depth;
}

SchemaMaking::~SchemaMaking() {
  Makings& all = makings();
  if (--all.depth == 0) {
    for (std::atomic<bool>* const complete : all.to_complete) {
      complete->store(true, std::memory_order_release);
    }
    all.to_complete.clear();
  }
  all.mutex.unlock();
}

void SchemaMaking::will_complete(std::atomic<bool>& complete) {
  makings().to_complete.push_back(&complete);
}

std::string kebab_case(std::string_view name) {
  std::string kebab;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto letter = static_cast<unsigned char>(name[i]);
    if (std::isupper(letter) != 0) {
      if (i > 0 && name[i - 1] != '_') {
        kebab.push_back('-');
      }
      kebab.push_back(static_cast<char>(std::tolower(letter)));
    } else if (letter == '_') {
      if (i + 1 < name.size()) {
        kebab.push_back('-');
      }
    } else {
      kebab.push_back(static_cast<char>(letter));
    }
  }
  return kebab;
}

}  // namespace plimsoll::base
