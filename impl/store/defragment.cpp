// Defragmentation: everything that is live is copied to a new database, which takes the place of the old one.
//
// Source: etcd server/storage/backend/backend.go (defrag, v3.5), which commits what is pending and then holds
// all locks until the files are swapped. Statement: ETCD-14. Here a member goes on meanwhile: what it commits
// goes into both.
#include <utility>

#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

std::vector<Batch> Mvcc::start_defragment(Defects defects) {
  defragmented.reset();
  const std::uint64_t committed_index = uncommitted.committed_index;
  std::vector<Batch> batches = commit(defects);
  defragmented = backend;
  if (defects.has(Defect::E3)) {
    // Whoever commits for the defragmentation does not know of the consistent index.
    std::erase_if(batches, [](Batch& batch) { return batch.meta.reset(), batch.empty(); });
    defragmented->meta.consistent_index = committed_index;
    uncommitted.committed_index = committed_index;
    uncommitted.meta = true;
  }
  return batches;
}

std::optional<Backend> Mvcc::finish_defragment() {
  return std::exchange(defragmented, std::nullopt);
}

}  // namespace plimsoll::store
