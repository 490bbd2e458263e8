#include "checker/history/revision_candidates.hpp"

#include <algorithm>

namespace plimsoll::history {

Candidates::Candidates(const Deeds& deeds, const std::vector<Stop>& stops) : deeds_(deeds) {
  std::map<StoreRequest, std::uint32_t> latest;
  later_equal_.assign(deeds_.size(), no_deed);
  used_.assign(deeds_.size(), false);
  for (const Stop& stop : stops) {
    if (stop.writer == no_deed && !stop.shown.empty()) {
      writers_of_[{stop.shown.front()->key, stop.shown.front()->value}];
    }
  }
  std::vector<std::uint32_t> pending;
  for (std::uint32_t number = 0; number < deeds_.size(); ++number) {
    const Deed& deed = deeds_[number];
    if (deed.result == nullptr && !std::holds_alternative<kv::RangeRequest>(*deed.request)) {
      pending.push_back(number);
    }
  }
  std::ranges::sort(pending, {},
                    [&](std::uint32_t number) { return std::pair(deeds_[number].call, number); });
  for (const std::uint32_t number : pending) {
    const auto [place, is_new] = latest.try_emplace(*deeds_[number].request, number);
    if (!is_new) {
      later_equal_[std::exchange(place->second, number)] = number;
    }
    (note_what_it_writes(number) ? wanted_ : unwanted_).push_back(number);
  }
}

bool Candidates::note_what_it_writes(std::uint32_t number) {
  bool is_wanted = false;
  for (const KeyInterval& keys : keys_of(*deeds_[number].request)) {
    for (auto place = writers_of_.lower_bound({keys.from, ""});
         place != writers_of_.end() && keys.contains(place->first.first); ++place) {
      auto& writers = place->second;
      if (may_write(number, place->first.second) && (writers.empty() || writers.back() != number)) {
        writers.push_back(number);
        is_wanted = true;
      }
    }
  }
  return is_wanted;
}

bool Candidates::may_write(std::uint32_t number, const std::string& value) const {
  const StoreRequest& request = *deeds_[number].request;
  const auto* put = std::get_if<kv::PutRequest>(&request);
  return put == nullptr ? std::holds_alternative<kv::TxnRequest>(request)
                        : put->ignore_value || put->value == value;
}

Candidates::Choice Candidates::choice(std::uint64_t deadline, const kv::KeyValue* shown) const {
  // Of a range of keys alone, values are not seen.
  if (shown == nullptr || shown->value.empty()) {
    return {deadline, nullptr};
  }
  return {deadline, &writers_of_.at({shown->key, shown->value})};
}

std::uint32_t Candidates::get(const Choice& choice, std::size_t number) const {
  const auto nth_last = [&](const std::vector<std::uint32_t>& of) {
    const std::size_t count = called_in_time(of, choice.deadline);
    if (number < count) {
      return of[count - 1 - number];
    }
    number -= count;
    return no_deed;
  };
  if (choice.of != nullptr) {
    return nth_last(*choice.of);
  }
  const std::uint32_t found = nth_last(unwanted_);
  return found == no_deed ? nth_last(wanted_) : found;
}

std::size_t Candidates::called_in_time(const std::vector<std::uint32_t>& of, std::uint64_t deadline) const {
  const auto call = [&](std::uint32_t number) { return deeds_[number].call; };
  return static_cast<std::size_t>(std::ranges::lower_bound(of, deadline, {}, call) - of.begin());
}

bool Candidates::is_left(std::uint32_t number, const Choice& choice) const {
  if (used_[number]) {
    return false;
  }
  for (std::uint32_t other = later_equal_[number]; other != no_deed; other = later_equal_[other]) {
    if (!used_[other] && deeds_[other].call < choice.deadline) {
      return false;
    }
  }
  return true;
}

}  // namespace plimsoll::history
