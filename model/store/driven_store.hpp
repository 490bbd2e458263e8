// For tests: a store fed by hand, and what it sent sorted by recipient. Each step also checks Store::reads().
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/base/kv.hpp"
#include "impl/base/step.hpp"
#include "model/store/store.hpp"

namespace plimsoll::model::store {

class DrivenStore {
 public:
  using Result = decltype(kv::Response::result);
  using Stream = std::vector<kv::WatchResponse>;

  /// A store whose streams hold events only, unless `config` says otherwise.
  explicit DrivenStore(Store::Config config = {true, {1}, true, true}) : config_(config) {}

  /// Returns the one answer to the request. Aborts if there is not exactly one, or it answers something else.
  template <class Body>
  kv::Response call(const Body& body, std::uint8_t client = 1) {
    const kv::RequestId id{++last_request_};
    feed(base::Received<kv::Request>{{client}, {id, body}});
    PLIMSOLL_ASSERT(answers_.size() == 1 && answers_.front().first == base::ProcessId{client});
    PLIMSOLL_ASSERT(answers_.front().second.id == id);
    return answers_.front().second;
  }
  /// As call(), with the answer's result, which must be an R.
  template <class R, class Body>
  R get(const Body& body, std::uint8_t client = 1) {
    return std::get<R>(call(body, client).result);
  }
  /// As call(), with the error that must be the answer.
  template <class Body>
  kv::ErrorCode error(const Body& body) {
    return get<kv::ErrorResult>(body).code;
  }
  /// Sends what is answered on a stream, if at all. Aborts if there is an answer outside of it.
  template <class Body>
  void tell(const Body& body, std::uint8_t client = 1) {
    feed(base::Received<kv::Request>{{client}, {kv::RequestId{++last_request_}, body}});
    PLIMSOLL_ASSERT(answers_.empty());
  }
  void feed(const base::Input<kv::Request, LeaseExpiry>& input) {
    base::ScriptedChoices choices;
    Outputs outputs(choices);
    const Store::State before = state_;
    Store::step(config_, state_, input, outputs);
    check_reads(before, input, outputs);
    answers_.clear();
    just_armed_.clear();
    if (std::holds_alternative<base::Started>(input)) {
      armed_.clear();
    }
    for (const auto& send : outputs.sends()) {
      if (const auto* response = std::get_if<kv::Response>(&send.message)) {
        answers_.emplace_back(send.to, *response);
      } else {
        const auto& event = std::get<kv::WatchResponse>(send.message);
        streams_[{send.to, event.watch}].push_back(event);
      }
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        armed_[change.timer.id] = change.after;
        just_armed_.insert(change.timer.id);
      } else {
        armed_.erase(change.timer.id);
      }
    }
  }
  /// Lets a lease's time run out. Aborts if its timer is not armed.
  void expire(kv::LeaseId lease) {
    const std::size_t fired = armed_.erase(lease);
    PLIMSOLL_ASSERT(fired == 1);
    feed(base::TimerFired<LeaseExpiry>{{lease}});
  }

  /// Takes what a watch was sent since the last call.
  Stream stream(std::uint32_t watch, std::uint8_t client = 1) {
    return std::exchange(streams_[{{client}, {watch}}], {});
  }
  [[nodiscard]] const Store::State& state() const { return state_; }
  [[nodiscard]] kv::Revision revision() const { return state_.data.revision; }
  /// Armed expiries, with the time they were last armed for.
  [[nodiscard]] const std::map<kv::LeaseId, base::Ticks>& armed() const { return armed_; }
  /// Expiries that the last step armed, anew or again.
  [[nodiscard]] const std::set<kv::LeaseId>& just_armed() const { return just_armed_; }
  /// Answers of the last step, which streams are not part of.
  [[nodiscard]] std::size_t answers() const { return answers_.size(); }

 private:
  using Outputs = base::Outputs<Store::Outgoing, LeaseExpiry>;

  /// A step on only those parts that it declares to read has the same effect, and leaves the others alone.
  void check_reads(const Store::State& before, const base::Input<kv::Request, LeaseExpiry>& input,
                   const Outputs& expected) const {
    const std::uint32_t mask = Store::reads(config_, input);
    const auto blend = [&](const Store::State& read, const Store::State& other) {
      return Store::State{(mask & 1U) != 0 ? read.data : other.data,
                          (mask & 2U) != 0 ? read.history : other.history,
                          (mask & 4U) != 0 ? read.watches : other.watches};
    };
    PLIMSOLL_ASSERT(blend(state_, before) == state_);
    Store::State partial = blend(before, {});
    base::ScriptedChoices choices;
    Outputs outputs(choices);
    Store::step(config_, partial, input, outputs);
    PLIMSOLL_ASSERT(partial == blend(state_, {}));
    PLIMSOLL_ASSERT(outputs.sends().size() == expected.sends().size());
    for (std::size_t i = 0; i < outputs.sends().size(); ++i) {
      PLIMSOLL_ASSERT(outputs.sends()[i].to == expected.sends()[i].to);
      PLIMSOLL_ASSERT(outputs.sends()[i].message == expected.sends()[i].message);
    }
    PLIMSOLL_ASSERT(outputs.timers().size() == expected.timers().size());
  }

  Store::Config config_;
  Store::State state_;
  std::uint32_t last_request_ = 0;
  std::vector<std::pair<base::ProcessId, kv::Response>> answers_;
  std::map<WatchKey, Stream> streams_;
  std::map<kv::LeaseId, base::Ticks> armed_;
  std::set<kv::LeaseId> just_armed_;
};

}  // namespace plimsoll::model::store
