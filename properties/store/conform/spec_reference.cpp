#include <map>
#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/base/step.hpp"
#include "model/store/store.hpp"
#include "properties/store/conform/reference.hpp"

namespace plimsoll::properties::store {
namespace {

using model::store::LeaseExpiry;
using model::store::Store;

constexpr base::ProcessId client{1};

class SpecReference : public Reference {
 public:
  explicit SpecReference(const ReferenceSettings& settings) {
    config_.lease_ttl_min = settings.lease_ttl_min;
    feed(base::Started{1, {}});
  }

  std::optional<kv::Response> answer(const kv::Request& request) override {
    answer_.reset();
    feed(base::Received<kv::Request>{client, request});
    return std::exchange(answer_, std::nullopt);
  }
  std::vector<kv::WatchResponse> take_stream() override { return std::exchange(stream_, {}); }
  void pass(base::Ticks ticks) override {
    const std::uint64_t end = now_ + ticks.value;
    while (true) {
      auto first = due_.end();
      for (auto lease = due_.begin(); lease != due_.end(); ++lease) {
        first = first == due_.end() || lease->second < first->second ? lease : first;
      }
      if (first == due_.end() || first->second > end) {
        break;
      }
      now_ = first->second;
      const kv::LeaseId lease = first->first;
      due_.erase(first);
      feed(base::TimerFired<LeaseExpiry>{{lease}});
    }
    now_ = end;
  }

 private:
  void feed(const base::Input<kv::Request, LeaseExpiry>& input) {
    base::ScriptedChoices choices;
    base::Outputs<Store::Outgoing, LeaseExpiry> outputs(choices);
    Store::step(config_, state_, input, outputs);
    for (const auto& send : outputs.sends()) {
      if (const auto* response = std::get_if<kv::Response>(&send.message)) {
        answer_ = *response;
      } else {
        stream_.push_back(std::get<kv::WatchResponse>(send.message));
      }
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        due_[change.timer.id] = now_ + change.after.value;
      } else {
        due_.erase(change.timer.id);
      }
    }
  }

  Store::Config config_ = {};
  Store::State state_ = {};
  std::optional<kv::Response> answer_ = {};
  std::vector<kv::WatchResponse> stream_ = {};
  std::uint64_t now_ = 0;
  std::map<kv::LeaseId, std::uint64_t> due_ = {};  ///< when each lease runs out
};

}  // namespace

std::unique_ptr<Reference> make_spec_reference(const ReferenceSettings& settings) {
  return std::make_unique<SpecReference>(settings);
}

}  // namespace plimsoll::properties::store
