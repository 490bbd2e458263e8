#include "impl/store/waiting.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::store {
namespace {

bool is_check_of(const Reader& reader, const LeadershipCheck& check) {
  const auto* const other = std::get_if<LeadershipCheck>(&reader);
  return other != nullptr && *other == check;
}

bool holds(const std::vector<Reader>& readers, const Reader& reader) {
  const auto* const check = std::get_if<LeadershipCheck>(&reader);
  return check != nullptr &&
         std::ranges::any_of(readers, [&](const Reader& other) { return is_check_of(other, *check); });
}

/// Erases the waiting of everybody for whom `is_gone` holds.
template <class IsGone>
class Forgetting {
 public:
  explicit Forgetting(IsGone is_gone) : is_gone_(std::move(is_gone)) {}

  void from(std::vector<Asker>& askers) { count_ += std::erase_if(askers, is_gone_); }
  void from(std::vector<Reader>& readers) {
    count_ += std::erase_if(readers, [&](const Reader& reader) {
      const auto* const read = std::get_if<ClientRead>(&reader);
      return read != nullptr && is_gone_(Asker{read->client, read->request.id});
    });
  }
  void from(Waiting& waiting) {
    count_ +=
        std::erase_if(waiting.proposals, [&](const auto& entry) { return is_gone_(entry.second.asker); });
    if (waiting.round) {
      from(waiting.round->readers);
    }
    from(waiting.next_reads);
    for (auto& [index, readers] : waiting.unapplied) {
      from(readers);
    }
    std::erase_if(waiting.unapplied, [](const auto& entry) { return entry.second.empty(); });
    count_ += std::erase_if(waiting.keep_alives,
                            [&](const WaitingKeepAlive& keep_alive) { return is_gone_(keep_alive.asker); });
    from(waiting.compactions);
    from(waiting.defragmentations);
  }
  [[nodiscard]] bool found() const { return count_ > 0; }

 private:
  IsGone is_gone_;
  std::size_t count_ = 0;
};

}  // namespace

Waiting Waiting::started(std::uint32_t incarnation) {
  Waiting waiting;
  waiting.last_counter = std::uint64_t{incarnation} << 32U;
  return waiting;
}

bool Waiting::add(Reader reader) {
  if (!round) {
    round = ReadRound{next_counter(), {}};
    round->readers.push_back(std::move(reader));
    return true;
  }
  if (!holds(round->readers, reader) && !holds(next_reads, reader)) {
    next_reads.push_back(std::move(reader));
  }
  return false;
}

std::vector<Reader> Waiting::take_round(std::uint64_t counter) {
  return round && round->counter == counter ? fail_round() : std::vector<Reader>{};
}

std::vector<Reader> Waiting::fail_round() {
  std::vector<Reader> readers = round ? std::move(round->readers) : std::vector<Reader>{};
  round.reset();
  begin_next_round();
  return readers;
}

void Waiting::begin_next_round() {
  if (!next_reads.empty()) {
    round = ReadRound{next_counter(), std::exchange(next_reads, {})};
  }
}

std::vector<Reader> Waiting::take_applied(raft::Index applied) {
  std::vector<Reader> taken;
  const auto end = unapplied.upper_bound(applied);
  for (auto entry = unapplied.begin(); entry != end; ++entry) {
    std::move(entry->second.begin(), entry->second.end(), std::back_inserter(taken));
  }
  unapplied.erase(unapplied.begin(), end);
  return taken;
}

std::optional<WaitingProposal> Waiting::take_proposal(std::uint64_t counter) {
  auto node = proposals.extract(counter);
  return node.empty() ? std::nullopt : std::optional(std::move(node.mapped()));
}

std::vector<WaitingKeepAlive> Waiting::take_keep_alives(kv::LeaseId lease) {
  std::vector<WaitingKeepAlive> taken;
  std::vector<WaitingKeepAlive> left;
  for (WaitingKeepAlive& keep_alive : keep_alives) {
    const bool is_meant = lease == kv::LeaseId{} || keep_alive.renewal.id == lease;
    (is_meant ? taken : left).push_back(std::move(keep_alive));
  }
  keep_alives = std::move(left);
  return taken;
}

bool Waiting::forget(const Asker& asker) {
  Forgetting forgetting([&](const Asker& other) { return other == asker; });
  forgetting.from(*this);
  return forgetting.found();
}

void Waiting::forget(base::ProcessId client) {
  Forgetting([&](const Asker& other) { return other.client == client; }).from(*this);
}

}  // namespace plimsoll::store
