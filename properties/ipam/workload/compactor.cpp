#include "properties/ipam/workload/compactor.hpp"

namespace plimsoll::properties::ipam {

void Compactor::step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                     base::Outputs<Outgoing, Timer>& outputs) {
  Work& work = state.work;
  if (std::holds_alternative<base::TimerFired<Compact>>(input)) {
    work.waiting = Waiting::revision;
    outputs.send(config.store, {kv::RequestId{0}, kv::RangeRequest{{"compactor", ""}}});
    return;
  }
  if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
    const auto& response = std::get<kv::Response>(received->message);
    if (work.waiting == Waiting::revision) {
      work.waiting = Waiting::compaction;
      outputs.send(config.store, {kv::RequestId{1}, kv::CompactRequest{response.revision}});
      return;
    }
  }
  // Compacted, at the start, or the connection failed: whether to compact again is the environment's whim.
  work.waiting = Waiting::nothing;
  outputs.arm(Compact{}, base::Ticks{0});
}

}  // namespace plimsoll::properties::ipam
