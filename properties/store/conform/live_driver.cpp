#include "properties/store/conform/live_driver.hpp"

#include <utility>

#include "properties/store/conform/arena.hpp"
#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {
namespace {

using Outcome = tl::expected<std::optional<Disagreement>, std::string>;

/// A sequence that shows a difference, and which.
struct Failing {
  Sequence sequence = {};
  Disagreement disagreement = {};
};

/// What comes after the difference has no part in it.
void cut(Failing& failing) {
  if (failing.disagreement.step + 1 < failing.sequence.size()) {
    failing.sequence.resize(failing.disagreement.step + 1);
  }
}

/// Goes to a simpler sequence that differs as long as there is one. A running etcd takes its time, and what
/// comes too late shows no difference: only what shows none twice is held to have none.
tl::expected<Failing, std::string> reduce(Arena& arena, const ReferenceKind& kind, Failing failing) {
  Seen ignored;
  cut(failing);
  for (unsigned fruitless = 0; fruitless < 2;) {
    ++fruitless;
    for (Sequence& simpler : simpler_sequences(failing.sequence)) {
      Outcome outcome = play(arena, kind, simpler, ignored);
      if (!outcome) {
        return tl::unexpected(outcome.error());
      }
      if (*outcome) {
        failing = {std::move(simpler), std::move(**outcome)};
        cut(failing);
        fruitless = 0;
        break;
      }
    }
  }
  return failing;
}

ConformanceFailure failure_of(const LiveRequest& request, const ReferenceKind& kind, std::uint64_t number,
                              const Failing& failing) {
  ConformanceFailure failure;
  failure.line = number;
  failure.what = "sequence " + std::to_string(number) + " of seed " + std::to_string(request.seed) + ": " +
                 std::string(kind.name) + " differs from etcd";
  failure.details = "begins at revision 2, compacted there, with key m\n" + sequence_text(failing.sequence) +
                    failing.disagreement.details;
  return failure;
}

}  // namespace

tl::expected<LiveReport, scenario::Error> compare_with_etcd(const LiveRequest& request,
                                                            std::span<const ReferenceKind> references) {
  const auto fail = [&](std::string message) {
    return tl::unexpected(scenario::Error{{request.endpoint, 1, 1}, std::move(message)});
  };
  auto arena = Arena::open(request.endpoint);
  if (!arena) {
    return fail(arena.error());
  }
  LiveReport result;
  for (std::uint64_t number = request.first; number < request.first + request.sequences; ++number) {
    if (request.stop != nullptr && *request.stop) {
      break;
    }
    const ReferenceKind& kind = references[number % references.size()];
    ++result.report.total;
    Sequence sequence = generate_sequence(request.seed, number);
    Outcome outcome = play(*arena, kind, sequence, result.seen);
    if (!outcome) {
      return fail(outcome.error());
    }
    if (!*outcome) {
      ++result.report.passed;
      continue;
    }
    const auto reduced = reduce(*arena, kind, {std::move(sequence), std::move(**outcome)});
    if (!reduced) {
      return fail(reduced.error());
    }
    result.report.failures.push_back(failure_of(request, kind, number, *reduced));
    break;
  }
  if (const auto wiped = arena->wipe(); !wiped) {
    return fail(wiped.error());
  }
  return result;
}

tl::expected<LiveReport, scenario::Error> compare_with_etcd(const LiveRequest& request) {
  return compare_with_etcd(request, reference_kinds);
}

ConformanceResult judge_by_etcd(const LiveRequest& request) {
  auto result = compare_with_etcd(request);
  if (!result) {
    return tl::unexpected(result.error());
  }
  return std::move(result->report);
}

}  // namespace plimsoll::properties::store
