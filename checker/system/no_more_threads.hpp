// For tests: a machine on which no thread starts.
#pragma once

#include <pthread.h>

#include <cstddef>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// While it lives no thread starts, as if no addresses were left for a stack: each would be larger than all
/// that a process has.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_attr_init(&usual_);
    PLIMSOLL_ASSERT(pthread_getattr_default_np(&usual_) == 0);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    PLIMSOLL_ASSERT(pthread_attr_setstacksize(&huge, std::size_t{1} << 60U) == 0);
    PLIMSOLL_ASSERT(pthread_setattr_default_np(&huge) == 0);
    pthread_attr_destroy(&huge);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;
  NoMoreThreads(NoMoreThreads&&) = delete;
  NoMoreThreads& operator=(NoMoreThreads&&) = delete;
  ~NoMoreThreads() {
    pthread_setattr_default_np(&usual_);
    pthread_attr_destroy(&usual_);
  }

 private:
  pthread_attr_t usual_{};
};

}  // namespace plimsoll::checker
