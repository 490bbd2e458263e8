#include "properties/store/durability/kill_campaign.hpp"

#include <algorithm>
#include <filesystem>

#include "impl/base/assert.hpp"
#include "properties/store/durability/requests.hpp"

namespace plimsoll::properties::store {
namespace {

/// Requests on their way at the same time.
constexpr std::uint64_t window = 6;

/// In the child: asks request after request, and tells of those that are answered.
void serve_for_ever(const std::filesystem::path& directory, const LoneServerOptions& options,
                    std::uint64_t seed, std::uint64_t first, const drivers::Tell& tell) {
  std::uint64_t answered = first - 1;
  const auto server = LoneServer::start(directory, options, [&](const kv::Response& response) {
    PLIMSOLL_ASSERT(response.id.value == answered + 1);
    tell(++answered);
  });
  PLIMSOLL_ASSERT_KNOWN(server.has_value(), server ? "" : server.error());
  std::mt19937_64 random(seed ^ first);
  bool goes_on = true;
  for (std::uint64_t number = first; goes_on; ++number) {
    const kv::Request request = request_number(number, seed);
    const bool is_late = has_late_answer(request);
    // Answers are to come in order: such a request goes alone.
    goes_on = (!is_late || (*server)->work()) && (*server)->ask(request);
    if (goes_on && (is_late || number - answered >= window || random() % 3 == 0)) {
      goes_on = (*server)->work();
    }
  }
}

}  // namespace

KillCampaign::KillCampaign(std::uint64_t seed) : seed_(seed), random_(seed) {
  const LoneServerOptions options{.calls = &judges_calls_};
  auto judge = LoneServer::start(judges_directory_.path(), options, [](const kv::Response&) {});
  PLIMSOLL_ASSERT_KNOWN(judge.has_value(), judge ? "" : judge.error());
  judge_ = *std::move(judge);
  expected_.push_back(judge_->observe());
}

drivers::Killed KillCampaign::run(Death death, LoneServerOptions options) {
  const std::uint64_t calls_left = below(200);
  const std::uint64_t bytes = random_();
  const auto work = [&](const drivers::Tell& tell) {
    drivers::KillingCalls killing(calls_left, bytes);
    drivers::ForgettingCalls forgetting(calls_left, bytes);
    if (death == Death::call) {
      options.calls = &killing;
    } else if (death == Death::power) {
      options.calls = &forgetting;
    }
    serve_for_ever(directory_.path(), options, seed_, done_ + 1, tell);
  };
  constexpr auto never = ~std::uint64_t{0};
  return drivers::run_and_kill(work, death == Death::signal ? 1 + below(60) : never);
}

/// What a server finds that is started on what was left. The next life is to find the same, so this one has a
/// copy.
tl::expected<Observed, std::string> KillCampaign::found() {
  const drivers::TemporaryDirectory copy;
  std::filesystem::copy(directory_.path(), copy.path(), std::filesystem::copy_options::recursive);
  {
    const auto disk = drivers::FileDisk::open(copy.path());
    counts_.torn += disk && disk->torn_tail ? 1 : 0;
  }
  drivers::FaultyCalls calls;
  const LoneServerOptions options{.calls = &calls};
  auto server = LoneServer::start(copy.path(), options, [](const kv::Response&) {});
  return server ? tl::expected<Observed, std::string>((*server)->observe()) : tl::unexpected(server.error());
}

const Observed& KillCampaign::expected_after(std::uint64_t number) {
  while (done_ + expected_.size() <= number) {
    PLIMSOLL_ASSERT(judge_->ask(request_number(done_ + expected_.size(), seed_)) && judge_->work());
    expected_.push_back(judge_->observe());
  }
  return expected_[number - done_];
}

std::optional<std::uint64_t> KillCampaign::first_match(const Observed& found, std::uint64_t from,
                                                       std::uint64_t to) {
  for (std::uint64_t number = from; number <= to; ++number) {
    if (expected_after(number) == found) {
      return number;
    }
  }
  return std::nullopt;
}

tl::expected<void, std::string> KillCampaign::live(Death death, LoneServerOptions options) {
  const drivers::Killed killed = run(death, options);
  ++counts_.lives;
  counts_.acknowledged += killed.count;
  const auto left = found();
  if (!left) {
    return tl::unexpected(left.error());
  }
  const std::uint64_t told = std::max(done_, killed.told);
  const auto match = first_match(*left, told, told + window);
  if (!match) {
    const auto lost = first_match(*left, done_, told);
    return tl::unexpected("request " + std::to_string(told) + " was answered, and what is left is that of " +
                          (lost ? "request " + std::to_string(*lost) : "no request"));
  }
  counts_.unanswered += *match - told;
  expected_.erase(expected_.begin(), expected_.begin() + static_cast<std::ptrdiff_t>(*match - done_));
  done_ = *match;
  return {};
}

}  // namespace plimsoll::properties::store
