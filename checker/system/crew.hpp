// The threads of a search: one for each worker, as far as the machine has any.
#pragma once

#include <functional>

namespace plimsoll::checker {

/// Runs work(0) on the calling thread and, beside it, work(1) .. work(workers - 1) on threads of their own;
/// returns when all have returned. Threads end before memory does: a stack is a large piece of addresses, and
/// a shell may limit them. That is no reason to give up, as what is found does not depend on the number of
/// workers. From the first thread on that does not start, do_without(worker) is called for each worker
/// instead, on the calling thread and before work(0): nobody may wait for these.
///
/// Errors: none. Whatever leaves `work` or `do_without` ends the process, on all threads alike: the others
/// might wait for ever for the one that is gone.
void run_crew(unsigned workers, const std::function<void(unsigned)>& work,
              const std::function<void(unsigned)>& do_without) noexcept;

}  // namespace plimsoll::checker
