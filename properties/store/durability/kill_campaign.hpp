// A server of the store that lives and is killed again and again on one directory, and a judge who knows what
// every client was told.
//
// Each life is a process of its own, on what the one before has left. After each, a server that was never
// killed is asked the same requests, and a copy of the directory is started: what is found there has to be
// what the first one has after as many requests as were acknowledged, or after a few more that were on their
// way. So nothing acknowledged is lost, nothing is there twice or in part, and revisions never go back.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "checker/drivers/kill_bed.hpp"
#include "checker/drivers/test_bed.hpp"
#include "properties/store/durability/lone_server.hpp"

namespace plimsoll::properties::store {

/// How a life ends.
enum class Death : std::uint8_t {
  signal,  ///< at any moment, while the process writes to the operating system
  call,    ///< in the middle of a call that changes a file
  power,   ///< the same, and what was not synced goes too
};

/// For tests. Not thread-safe, and the process must have one thread.
class KillCampaign {
 public:
  struct Counts {
    std::uint64_t lives = 0;
    std::uint64_t acknowledged = 0;  ///< requests
    std::uint64_t unanswered = 0;    ///< requests found that nobody was told of
    std::uint64_t torn = 0;          ///< directories found with half a record at the end
  };

  explicit KillCampaign(std::uint64_t seed);
  /// One life and its end. `options.calls` count only with Death::signal. Error: what is wrong with what was
  /// left; then nothing more can be said.
  [[nodiscard]] tl::expected<void, std::string> live(Death death, LoneServerOptions options);
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// The one that is never killed, after at least as many requests.
  [[nodiscard]] const LoneServer& judge() const { return *judge_; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  [[nodiscard]] drivers::Killed run(Death death, LoneServerOptions options);
  [[nodiscard]] tl::expected<Observed, std::string> found();
  [[nodiscard]] const Observed& expected_after(std::uint64_t number);
  [[nodiscard]] std::optional<std::uint64_t> first_match(const Observed& found, std::uint64_t from,
                                                         std::uint64_t to);

  std::uint64_t seed_;
  std::mt19937_64 random_;
  Counts counts_;
  drivers::TemporaryDirectory directory_;
  drivers::TemporaryDirectory judges_directory_;
  drivers::FaultyCalls judges_calls_;
  std::unique_ptr<LoneServer> judge_;
  std::uint64_t done_ = 0;         ///< requests that survived the last life
  std::deque<Observed> expected_;  ///< after done_ requests, and after each one more
};

}  // namespace plimsoll::properties::store
