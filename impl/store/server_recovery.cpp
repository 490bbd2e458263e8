// How a server starts: what its disk says.
//
// Source: etcd server/etcdserver/bootstrap.go, server/storage/backend.go (v3.5).
#include "impl/base/described.hpp"
#include "impl/store/server.hpp"
#include "impl/store/snapshot.hpp"
#include "impl/store/wal/recover.hpp"

namespace plimsoll::store {
namespace {

tl::expected<Backend, std::string> backend_of(const wal::Recovered& recovered) {
  Backend backend;
  if (recovered.database) {
    auto database = from_snapshot(*recovered.database);
    if (!database) {
      return tl::unexpected("the database on the disk: " + base::enumerator_text(database.error()));
    }
    backend = *std::move(database);
  }
  for (const base::Bytes& batch : recovered.batches) {
    apply_batch(backend, base::from_bytes<Batch>(batch));
  }
  return backend;
}

}  // namespace

tl::expected<Server::State, std::string> recover(const Server::Config& config, const base::Started& started) {
  const wal::Metadata own = {config.raft.id, config.cluster};
  Server::State state;
  state.waiting = Waiting::started(started.incarnation);
  if (started.disk.empty()) {
    state.wal = wal::Writer::create(own);
    state.log = raft::Storage::bootstrapped(config.initial_members);
    return state;
  }
  auto recovered = wal::recover(started.disk);
  if (!recovered) {
    return tl::unexpected(recovered.error().to_string());
  }
  if (recovered->writer.metadata != own) {
    return tl::unexpected(std::string("the disk is another server's"));
  }
  auto backend = backend_of(*recovered);
  if (!backend) {
    return tl::unexpected(backend.error());
  }
  state.log = recovered->storage();
  if (state.log.snapshot.empty()) {
    state.log.snapshot.metadata.conf_state = config.initial_members;
  }
  if (backend->meta.consistent_index < state.log.compacted.index) {
    return tl::unexpected("the database is at entry " + std::to_string(backend->meta.consistent_index) +
                          ", the log begins after " + std::to_string(state.log.compacted.index));
  }
  state.wal = std::move(recovered->writer);
  state.kv = Mvcc::restore(*std::move(backend), config.member.defects);
  state.lessor = Lessor::restore(state.kv);
  return state;
}

}  // namespace plimsoll::store
