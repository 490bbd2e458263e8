#include "checker/system/crew.hpp"

#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace plimsoll::checker {
namespace {

/// False: the machine has no thread left, or no memory to keep one in mind.
bool start(std::vector<std::jthread>& threads, const std::function<void(unsigned)>& work, unsigned worker) {
  try {
    threads.emplace_back([&work, worker] { work(worker); });
    return true;
  } catch (const std::system_error&) {
    return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

void run_crew(unsigned workers, const std::function<void(unsigned)>& work,
              const std::function<void(unsigned)>& do_without) noexcept {
  std::vector<std::jthread> threads;
  unsigned next = 1;
  while (next < workers && start(threads, work, next)) {
    ++next;
  }
  for (; next < workers; ++next) {
    do_without(next);
  }
  work(0);
}

}  // namespace plimsoll::checker
