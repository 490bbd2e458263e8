#include "properties/store/durability/lone_server.hpp"

#include <utility>
#include <variant>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::store {
namespace {

using plimsoll::store::Server;

constexpr base::ProcessId client{10};
constexpr base::ProcessId observer{11};
constexpr raft::ServerId self{1};

Server::Config config_of(const LoneServerOptions& options) {
  Server::Config config;
  config.raft.id = self;
  config.raft.writes = options.writes;
  config.raft.raft.heartbeat_tick = 2;
  config.raft.raft.election_tick = 3;
  config.initial_members.voters = {self};
  config.cluster = 1;
  config.member.id = self;
  config.member.defects = options.defects;
  config.member.applier.defects = options.defects;
  config.member.rows_per_compact_step = 5;
  config.snapshot_entries = 40;
  config.kept_entries = 5;
  config.election = base::Ticks{1};
  return config;
}

}  // namespace

tl::expected<std::unique_ptr<LoneServer>, std::string> LoneServer::start(
    const std::filesystem::path& directory, const LoneServerOptions& options, Answered answered) {
  std::unique_ptr<LoneServer> server(new LoneServer);
  LoneServer& self_ = *server;
  self_.answered_ = std::move(answered);
  drivers::RunnerOptions running;
  running.disk.file_bytes_max = 4000;
  running.disk.calls = options.calls;
  running.now = [&self_] { return self_.now_; };
  const auto carry = [&self_](base::ProcessId to, const Server::Outgoing& message) {
    const auto* const response = std::get_if<kv::Response>(&message);
    PLIMSOLL_ASSERT(response != nullptr);
    if (to == observer) {
      self_.observed_ = *response;
    } else {
      self_.answered_(*response);
    }
  };
  auto runner = Runner::start(directory, config_of(options), {}, carry, running);
  if (!runner) {
    return tl::unexpected(runner.error().to_string());
  }
  self_.runner_ = *std::move(runner);
  self_.now_ += running.tick;  // nobody else is elected
  if (!self_.work()) {
    return tl::unexpected("the server has ended: " +
                          self_.runner_->exit_reason().value_or("its disk has refused"));
  }
  PLIMSOLL_ASSERT(self_.state().raft.node.raft.role == raft::Role::leader);
  return server;
}

bool LoneServer::ask(const kv::Request& request) {
  return runner_->receive(client, request).has_value() && !runner_->has_ended();
}

bool LoneServer::work() {
  return runner_->fire_due().has_value() && !runner_->has_ended();
}

template <class Result>
Result LoneServer::answer(decltype(kv::Request::body) body) {
  observed_.reset();
  kv::Request request;
  request.body = std::move(body);
  PLIMSOLL_ASSERT(runner_->receive(observer, request).has_value() && work());
  PLIMSOLL_ASSERT(observed_.has_value());
  const Result* const result = std::get_if<Result>(&observed_->result);
  PLIMSOLL_ASSERT(result != nullptr);
  return *result;
}

Observed LoneServer::observe() {
  Observed observed;
  observed.keys = answer<kv::RangeResult>(kv::RangeRequest{.range = {"a", std::string(1, '\0')}});
  observed.revision = observed_->revision;
  observed.hash = answer<kv::HashResult>(kv::HashRequest{});
  observed.leases = answer<kv::LeaseLeasesResult>(kv::LeaseLeasesRequest{});
  return observed;
}

}  // namespace plimsoll::properties::store
