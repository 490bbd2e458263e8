// A system with a symmetry for the tests of reduce: people who get to know each other; deliberate flaws in
// what is declared of it; and what several tests ask of any system.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/system/pod_system.hpp"
#include "checker/system/symmetry.hpp"

namespace plimsoll::checker {

using State = std::vector<Slot>;

/// A promise of symmetry that is broken.
enum class Flaw : std::uint8_t {
  none,
  acquaintances_keep_names,  ///< whom somebody knows is not renamed
  forgets_speaker,           ///< renaming loses who speaks
  renames_backwards,         ///< by the inverse permutation, which for swaps is the same
  signature_has_names,
  claims_to_be_complete,
  zero_never_speaks,
  zero_may_always_cheer,  ///< where others are pruned
  zero_starts_cheerful,
  property_names_zero,
  step_property_names_zero,
};

/// How much signatures say: any of these must lead to representatives.
enum class Telling : std::uint8_t { nothing, mood, everything };

/// Somebody's slot: the mood and the set of those known.
struct Person {
  Slot mood = 0;
  Slot known = 0;
  [[nodiscard]] static Person of(Slot word) { return {word & 3U, word >> 2U}; }
  [[nodiscard]] Slot word() const { return mood | known << 2U; }
};

class PeopleRenamer final : public Renamer {
 public:
  PeopleRenamer(std::uint32_t people, Telling telling, Flaw flaw)
      : people_(people), telling_(telling), flaw_(flaw) {}

  void sign(StateView state, Signatures& out) override {
    out.complete = flaw_ == Flaw::claims_to_be_complete;
    for (std::uint32_t i = 0; i < people_; ++i) {
      const Person person = Person::of(state[i]);
      std::uint64_t said = telling_ == Telling::nothing ? 0 : person.mood;
      if (telling_ == Telling::everything) {
        const bool speaks = state[people_] == i + 1;
        const bool knows_self = (person.known >> i & 1U) != 0;
        said = mix(said << 3U | (speaks ? 1U : 0U) | (knows_self ? 2U : 0U));
        for (std::uint32_t other = 0; other < people_; ++other) {
          said += (person.known >> other & 1U) != 0 ? mix(Person::of(state[other]).mood + 100) : 0;
          said +=
              (Person::of(state[other]).known >> i & 1U) != 0 ? mix(Person::of(state[other]).mood + 200) : 0;
        }
      }
      out.of[i] = said + (flaw_ == Flaw::signature_has_names ? i : 0);
    }
  }

  void rename(StateView state, Permutation asked, std::span<Slot> renamed) override {
    const Permutation permutation = flaw_ == Flaw::renames_backwards ? inverse(asked) : asked;
    for (std::uint32_t i = 0; i < people_; ++i) {
      Person person = Person::of(state[i]);
      if (flaw_ != Flaw::acquaintances_keep_names) {
        person.known = permutation.rename_set(person.known);
      }
      renamed[permutation[i]] = person.word();
    }
    const Slot speaker = state[people_];
    renamed[people_] = speaker == 0 || flaw_ == Flaw::forgets_speaker ? 0 : permutation[speaker - 1] + 1;
  }

 private:
  static Permutation inverse(Permutation permutation) {
    Permutation back;
    for (std::uint32_t id = 0; id < Permutation::degree_max; ++id) {
      back.set(permutation[id], id);
    }
    return back;
  }

  std::uint32_t people_;
  Telling telling_;
  Flaw flaw_;
};

class PeopleSymmetry final : public Symmetry {
 public:
  PeopleSymmetry(std::uint32_t people, Telling telling, Flaw flaw)
      : people_(people), telling_(telling), flaw_(flaw) {}
  [[nodiscard]] std::uint32_t degree() const override { return people_; }
  [[nodiscard]] std::unique_ptr<Renamer> renamer() const override {
    return std::make_unique<PeopleRenamer>(people_, telling_, flaw_);
  }

 private:
  std::uint32_t people_;
  Telling telling_;
  Flaw flaw_;
};

/// One speaks at a time and gets to know anybody, also himself; who knows somebody may cheer up, up to a
/// bound. Slots: one for each person, then 0 or 1 + who speaks.
class People {
 public:
  enum Group : std::uint32_t { speak, stop, meet, cheer };

  explicit People(std::uint32_t people, Telling telling = Telling::everything, Flaw flaw = Flaw::none)
      : people_(people), flaw_(flaw), symmetry_(std::make_shared<PeopleSymmetry>(people, telling, flaw)) {}

  [[nodiscard]] std::uint32_t width() const { return people_ + 1; }
  [[nodiscard]] std::vector<State> initial() const {
    State start(width(), 0);
    start[0] = flaw_ == Flaw::zero_starts_cheerful ? 1 : 0;
    return {start};
  }
  void next(StateView state, PodSuccessors& out) const {
    const Slot speaker = state[people_];
    for (std::uint32_t i = 0; i < people_; ++i) {
      const Person person = Person::of(state[i]);
      if (speaker == 0 && (i > 0 || flaw_ != Flaw::zero_never_speaks)) {
        out.add(speak, i).set(people_, i + 1);
      }
      if (person.known != 0 && person.mood == 1 && (i > 0 || flaw_ != Flaw::zero_may_always_cheer)) {
        out.prune(cheer, i);
      } else if (person.known != 0 && person.mood < 2) {
        out.add(cheer, i).set(i, Person{person.mood + 1, person.known}.word());
      }
      if (speaker != 0 && (Person::of(state[speaker - 1]).known >> i & 1U) == 0) {
        Person meeting = Person::of(state[speaker - 1]);
        meeting.known |= Slot{1} << i;
        out.add(meet, speaker - 1).set(speaker - 1, meeting.word());
      }
    }
    if (speaker != 0) {
      out.add(stop, 0).set(people_, 0);
    }
  }

  [[nodiscard]] static std::vector<Property> properties() {
    return {{"somebody-is-gloomy", PropertyKind::always, "not everybody is cheerful"},
            {"alone", PropertyKind::step, "nobody cheers up who knows two and is known by nobody"},
            {"friends", PropertyKind::sometimes, "two know each other"},
            {"first", PropertyKind::always, "true"}};
  }
  [[nodiscard]] bool holds(std::size_t property, StateView state) const {
    if (property == 0) {
      return std::any_of(state.begin(), state.begin() + people_,
                         [](Slot word) { return Person::of(word).mood == 0; });
    }
    if (property == 2) {
      for (std::uint32_t i = 0; i < people_; ++i) {
        for (std::uint32_t j = 0; j < i; ++j) {
          if ((Person::of(state[i]).known >> j & Person::of(state[j]).known >> i & 1U) != 0) {
            return true;
          }
        }
      }
      return false;
    }
    return flaw_ != Flaw::property_names_zero || Person::of(state[0]).mood == 0;
  }
  [[nodiscard]] bool holds_step(std::size_t /*property*/, StateView before, const Action& action,
                                StateView /*after*/) const {
    if (action.group != cheer) {
      return true;
    }
    bool is_known = false;
    for (std::uint32_t i = 0; i < people_; ++i) {
      is_known |= (Person::of(before[i]).known >> action.payload & 1U) != 0;
    }
    const bool is_flawed = flaw_ == Flaw::step_property_names_zero && action.payload == 0;
    return is_known || is_flawed || std::popcount(Person::of(before[action.payload]).known) < 2;
  }

  [[nodiscard]] static std::vector<std::string> action_groups() { return {"speak", "stop", "meet", "cheer"}; }
  [[nodiscard]] static ActionLabel describe(const Action& action) {
    return {action_groups().at(action.group), {{"who", std::to_string(action.payload)}}};
  }
  [[nodiscard]] static Datum describe(StateView state) {
    std::vector<Datum> items;
    for (const Slot slot : state) {
      items.push_back(Datum::of_number(slot));
    }
    return Datum::of_list(std::move(items));
  }
  [[nodiscard]] const Symmetry* symmetry() const { return symmetry_.get(); }

 private:
  std::uint32_t people_;
  Flaw flaw_;
  std::shared_ptr<const Symmetry> symmetry_;
};
using PeopleSystem = PodSystem<People>;

/// Every reachable state, in ascending order of slots.
[[nodiscard]] inline std::vector<State> reachable(const System& system) {
  std::set<State> seen;
  std::vector<State> left;
  const auto worker = system.worker();
  Successors out(system.width());
  system.initial(out);
  while (true) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto [state, is_new] = seen.emplace(out.state(i).begin(), out.state(i).end());
      if (is_new) {
        left.push_back(*state);
      }
    }
    if (left.empty()) {
      return {seen.begin(), seen.end()};
    }
    const State next = std::move(left.back());
    left.pop_back();
    out.clear();
    worker->successors(next, system.fingerprint(next), out);
  }
}

/// All permutations of the ids 0 .. degree - 1.
[[nodiscard]] inline std::vector<Permutation> permutations(std::uint32_t degree) {
  std::vector<std::uint32_t> names;
  for (std::uint32_t id = 0; id < degree; ++id) {
    names.push_back(id);
  }
  std::vector<Permutation> all;
  do {
    Permutation permutation;
    for (std::uint32_t id = 0; id < degree; ++id) {
      permutation.set(id, names[id]);
    }
    all.push_back(permutation);
  } while (std::next_permutation(names.begin(), names.end()));
  return all;
}

[[nodiscard]] inline State renamed(Renamer& renamer, const State& state, Permutation permutation) {
  State image(state.size());
  renamer.rename(state, permutation, image);
  return image;
}

/// Is `path` a behaviour of `system`, its actions included?
[[nodiscard]] inline bool is_behaviour(const System& system, const Path& path) {
  Successors out(system.width());
  const auto leads_to = [&out](const State& state, const Action* action) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (std::ranges::equal(out.state(i), state) && (action == nullptr || out[i].action == *action)) {
        return true;
      }
    }
    return false;
  };
  system.initial(out);
  bool is_one = path.states.size() == path.actions.size() + 1 && leads_to(path.states[0], nullptr);
  const auto worker = system.worker();
  for (std::size_t i = 0; is_one && i < path.actions.size(); ++i) {
    out.clear();
    worker->successors(path.states[i], system.fingerprint(path.states[i]), out);
    is_one = leads_to(path.states[i + 1], &path.actions[i]);
  }
  return is_one;
}

}  // namespace plimsoll::checker
