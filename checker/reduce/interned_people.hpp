// For tests: the people of test_bed.hpp with an interned value in each slot, as worlds have them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "checker/reduce/test_bed.hpp"
#include "checker/system/interner.hpp"
#include "checker/system/slotwise_symmetry.hpp"

namespace plimsoll::checker {

/// A slot holds the id of its plain value's bytes.
class InternedPeople final : public System {
 public:
  /// @param first  Values that are interned before all others, so that ids differ from run to run.
  InternedPeople(std::uint32_t people, const std::vector<Slot>& first)
      : plain_(People(people)), symmetry_(*this, people) {
    for (const Slot word : first) {
      (void)intern(word);
    }
  }

  [[nodiscard]] std::uint32_t width() const override { return plain_.width(); }
  void initial(Successors& out) const override {
    Successors found(width());
    plain_.initial(found);
    take(found, out);
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<InternedWorker>(*this);
  }
  [[nodiscard]] const std::vector<Property>& properties() const override { return plain_.properties(); }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override {
    return plain_.action_groups();
  }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override {
    std::uint64_t sum = 0;
    for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
      sum += contribution(slot, interner_.content(state[slot]));
    }
    return finish_fingerprint(sum);
  }
  [[nodiscard]] const Symmetry* symmetry() const override { return &symmetry_; }
  [[nodiscard]] ActionLabel describe(StateView before, const Action& action) const override {
    return plain_.describe(before, action);
  }
  [[nodiscard]] Datum describe(StateView state) const override { return plain_.describe(decode(state)); }
  [[nodiscard]] SystemStatistics statistics() const override { return {}; }

  [[nodiscard]] State decode(StateView state) const {
    State plain;
    for (const Slot id : state) {
      plain.push_back(decode(id));
    }
    return plain;
  }

 private:
  class SymmetryOfParts final : public SlotwiseSymmetry {
   public:
    SymmetryOfParts(const InternedPeople& system, std::uint32_t people)
        : SlotwiseSymmetry(people, places(people)), system_(system) {}
    [[nodiscard]] Slot rename_value(std::uint32_t kind, Slot value, Permutation permutation) const override {
      const Slot word = system_.decode(value);
      if (kind == 1) {
        return system_.intern(word == 0 ? 0 : permutation[word - 1] + 1);
      }
      Person person = Person::of(word);
      person.known = permutation.rename_set(person.known);
      return system_.intern(person.word());
    }
    [[nodiscard]] std::uint64_t mention(std::uint32_t kind, Slot value, std::uint32_t id) const override {
      const Slot word = system_.decode(value);
      if (kind == 1) {
        return word == id + 1 ? 2 : word == 0 ? 0 : 1;
      }
      const Person person = Person::of(word);
      return person.mood | static_cast<std::uint64_t>(std::popcount(person.known)) << 8U |
             (person.known >> id & 1U) << 4U;
    }

    [[nodiscard]] std::uint64_t contribution(std::uint32_t slot, Slot value) const override {
      return checker::contribution(slot, system_.interner_.content(value));
    }

   private:
    static std::vector<SlotPlace> places(std::uint32_t people) {
      std::vector<SlotPlace> all;
      for (std::uint32_t i = 0; i < people; ++i) {
        all.push_back({0, i});
      }
      all.push_back({1});
      return all;
    }
    const InternedPeople& system_;
  };

  class InternedWorker final : public Worker {
   public:
    explicit InternedWorker(const InternedPeople& system)
        : system_(system), plain_(system.plain_.worker()), found_(system.width()) {}
    void successors(StateView state, Fingerprint /*fingerprint*/, Successors& out) override {
      const State plain = system_.decode(state);
      found_.clear();
      plain_->successors(plain, system_.plain_.fingerprint(plain), found_);
      system_.take(found_, out);
      for (const Action& action : found_.pruned_actions()) {
        out.prune(action);
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      return plain_->evaluate(system_.decode(state), wanted);
    }
    Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                             PropertyMask wanted) override {
      return plain_->evaluate_step(system_.decode(before), action, system_.decode(after), wanted);
    }
    bool may_end(StateView state) override { return plain_->may_end(system_.decode(state)); }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    const InternedPeople& system_;
    std::unique_ptr<Worker> plain_;
    Successors found_;
  };

  [[nodiscard]] Slot intern(Slot word) const {
    char bytes[sizeof word];
    std::memcpy(bytes, &word, sizeof word);
    return interner_.intern({bytes, sizeof word});
  }
  [[nodiscard]] Slot decode(Slot id) const {
    Slot word = 0;
    std::memcpy(&word, interner_.bytes(id).data(), sizeof word);
    return word;
  }
  void take(const Successors& found, Successors& out) const {
    for (std::size_t i = 0; i < found.size(); ++i) {
      Slot* const target = out.append(found[i].action, found[i].changed, 0);
      std::ranges::transform(found.state(i), target, [&](Slot word) { return intern(word); });
      out.set_last(found[i].changed, fingerprint({target, width()}));
    }
  }

  PeopleSystem plain_;
  mutable Interner interner_;
  SymmetryOfParts symmetry_;
};

}  // namespace plimsoll::checker
