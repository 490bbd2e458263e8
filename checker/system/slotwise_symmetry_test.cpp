#include "checker/system/slotwise_symmetry.hpp"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {
namespace {

/// A shared slot, a part for each of three, and a channel for each ordered pair. Every value is a set of ids;
/// the work done is counted.
class Sets final : public SlotwiseSymmetry {
 public:
  Sets() : SlotwiseSymmetry(3, places()) {}

  [[nodiscard]] Slot rename_value(std::uint32_t /*kind*/, Slot value,
                                  Permutation permutation) const override {
    ++renamed;
    return permutation.rename_set(value);
  }
  [[nodiscard]] std::uint64_t mention(std::uint32_t /*kind*/, Slot value, std::uint32_t id) const override {
    ++mentioned;
    return (value >> id & 1U) | static_cast<std::uint64_t>(std::popcount(value)) << 1U;
  }

  [[nodiscard]] std::uint64_t contribution(std::uint32_t slot, Slot value) const override {
    return checker::contribution(slot, value);
  }

  static std::vector<SlotPlace> places() {
    std::vector<SlotPlace> all = {{0}};
    for (std::uint32_t i = 0; i < 3; ++i) {
      all.push_back({1, i});
    }
    for (std::uint32_t i = 0; i < 3; ++i) {
      for (std::uint32_t j = 0; j < 3; ++j) {
        if (i != j) {
          all.push_back({2, i, j});
        }
      }
    }
    return all;
  }

  mutable int renamed = 0;
  mutable int mentioned = 0;
};

using State = std::vector<Slot>;

State rename(Renamer& renamer, const State& state, Permutation permutation) {
  State image(state.size(), 99);
  renamer.rename(state, permutation, image);
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slotwise_symmetry_test)

BOOST_AUTO_TEST_CASE(values_move_and_are_renamed) {
  const Sets sets;
  const auto renamer = sets.renamer();
  // shared; parts of 0, 1, 2; channels 0-1, 0-2, 1-0, 1-2, 2-0, 2-1
  const State state = {0b001, 0b010, 0b011, 0b111, 0b100, 0, 0, 0b001, 0, 0b010};
  const State swapped = {0b010, 0b011, 0b001, 0b111, 0, 0b010, 0b100, 0, 0b001, 0};
  BOOST_TEST((rename(*renamer, state, Permutation::swapping(0, 1)) == swapped));
  BOOST_TEST((rename(*renamer, swapped, Permutation::swapping(0, 1)) == state));
  BOOST_TEST((rename(*renamer, state, Permutation()) == state));
}

BOOST_AUTO_TEST_CASE(each_value_is_renamed_once) {
  const Sets sets;
  const auto renamer = sets.renamer();
  Signatures signatures;
  State state(10, 0);
  for (Slot round = 0; round < 1000; ++round) {
    state[1 + round % 9] = round % 5;
    renamer->sign(state, signatures);
    (void)rename(*renamer, state, Permutation::swapping(0, 1 + round % 2));
  }
  BOOST_TEST(sets.renamed > 0);
  BOOST_TEST(sets.renamed <= 2 * (9 * 5 + 1));  // permutations, and values of each slot
  BOOST_TEST(sets.mentioned <= 3 * (9 * 5 + 1));
  BOOST_TEST(renamer->memory_bytes() > 0U);
}

/// More values than the table begins with room for.
BOOST_AUTO_TEST_CASE(many_values_are_remembered) {
  const Sets sets;
  const auto renamer = sets.renamer();
  const std::uint64_t bytes = renamer->memory_bytes();
  for (int pass = 0; pass < 2; ++pass) {
    for (Slot value = 0; value < 4000; ++value) {
      State state(10, value << 3U);
      state[0] |= 1;
      const State image = rename(*renamer, state, Permutation::swapping(0, 2));
      BOOST_REQUIRE(image[0] == (value << 3U | 4U));
      BOOST_REQUIRE(image[9] == value << 3U);
    }
    BOOST_TEST(sets.renamed == 10 * 4000);
  }
  BOOST_TEST(renamer->memory_bytes() > bytes);
}

BOOST_AUTO_TEST_CASE(signatures_follow_renaming) {
  const Sets sets;
  const auto renamer = sets.renamer();
  std::uint64_t seed = 1;
  for (int round = 0; round < 200; ++round) {
    State state;
    for (int slot = 0; slot < 10; ++slot) {
      seed = mix(seed + 1);
      state.push_back(static_cast<Slot>(seed & 7U));
    }
    const Permutation rotation = Permutation::swapping(0, 1).after(Permutation::swapping(1, 2));
    Signatures before;
    Signatures after;
    renamer->sign(state, before);
    renamer->sign(rename(*renamer, state, rotation), after);
    BOOST_TEST(!before.complete);
    for (std::uint32_t id = 0; id < 3; ++id) {
      BOOST_TEST(after.of[rotation[id]] == before.of[id]);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_comes_with_it_is_what_would_be_computed) {
  const Sets sets;
  const auto renamer = sets.renamer();
  State source(10, 0);
  Signatures known;
  renamer->sign(source, known);
  const std::vector<Permutation> both = {Permutation(), Permutation::swapping(0, 2)};
  for (Slot round = 1; round < 500; ++round) {
    State state = source;
    state[round % 10] = round % 8;
    state[round % 7] = round % 5;
    Signatures found;
    Signatures expected;
    renamer->sign_changed(source, known, state, slot_bit(round % 10) | slot_bit(round % 7), found);
    renamer->sign(state, expected);
    BOOST_TEST((found.of == expected.of));
    renamer->sign_changed(source, known, state, ~SlotMask{0}, found);
    BOOST_TEST((found.of == expected.of));
    State image(10, 99);
    const Fingerprint fingerprint = renamer->rename_and_hash(state, both[round % 2], image);
    std::uint64_t sum = 0;
    for (std::uint32_t slot = 0; slot < 10; ++slot) {
      sum += contribution(slot, image[slot]);
    }
    BOOST_TEST(fingerprint == finish_fingerprint(sum));
    source = image;
    renamer->sign(source, known);
  }
}

/// What is sent is told from what is received, and one's own part from another's.
BOOST_AUTO_TEST_CASE(signatures_tell_roles_apart) {
  const Sets sets;
  const auto renamer = sets.renamer();
  Signatures signatures;
  State state(10, 0);
  state[4] = 0b100;  // from 0 to 1
  renamer->sign(state, signatures);
  BOOST_TEST(signatures.of[0] != signatures.of[1]);
  BOOST_TEST(signatures.of[0] != signatures.of[2]);
  BOOST_TEST(signatures.of[1] != signatures.of[2]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
