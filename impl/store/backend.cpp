#include "impl/store/backend.hpp"

namespace plimsoll::store {

void apply_batch(Backend& backend, Batch batch) {
  for (auto& [at, row] : batch.rows) {
    backend.rows.append(at, std::move(row));
  }
  for (const BucketKey& at : batch.removed) {
    backend.rows.erase(at);
  }
  for (const auto& [id, lease] : batch.leases) {
    if (lease) {
      backend.leases.insert_or_assign(id, *lease);
    } else {
      backend.leases.erase(id);
    }
  }
  if (batch.meta) {
    backend.meta = std::move(*batch.meta);
  }
}

bool Uncommitted::empty(const Backend& backend) const {
  const bool has_rows = !backend.rows.empty() && backend.rows.back().first >= first_row;
  return !has_rows && removed.empty() && leases.empty() && !meta;
}

}  // namespace plimsoll::store
