#include "impl/raft/conf_change.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {
namespace {

using Transition = ConfChangeTransition;
using Type = ConfChangeType;

Entry entry_of(EntryType type, base::Bytes data) {
  return {0, 0, type, std::move(data)};
}

ConfChangeV2 any_change() {
  ConfChangeV2 change;
  change.transition =
      *rc::gen::element(Transition::automatic, Transition::joint_implicit, Transition::joint_explicit);
  for (const std::uint64_t id : *rc::gen::arbitrary<std::vector<std::uint64_t>>()) {
    const Type type =
        *rc::gen::element(Type::add_node, Type::remove_node, Type::update_node, Type::add_learner_node);
    change.changes.push_back({type, {id}});
  }
  change.context = *rc::gen::arbitrary<std::string>();
  return change;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conf_change_test)

BOOST_AUTO_TEST_CASE(what_goes_through_a_joint_configuration) {
  BOOST_TEST(!enters_joint({Transition::automatic, {{Type::add_node, {1}}}}));
  BOOST_TEST(enters_joint({Transition::automatic, {{Type::add_node, {1}}, {Type::add_node, {2}}}}));
  BOOST_TEST(enters_joint({Transition::joint_implicit, {{Type::add_node, {1}}}}));
  BOOST_TEST(enters_joint({Transition::joint_explicit, {}}));
  BOOST_TEST(leaves_automatically({Transition::automatic, {}}));
  BOOST_TEST(leaves_automatically({Transition::joint_implicit, {}}));
  BOOST_TEST(!leaves_automatically({Transition::joint_explicit, {}}));
}

BOOST_AUTO_TEST_CASE(a_change_of_nothing_leaves_the_joint_configuration) {
  BOOST_TEST(leaves_joint({}));
  BOOST_TEST(leaves_joint({Transition::automatic, {}, "context"}));
  BOOST_TEST(!leaves_joint({Transition::joint_explicit, {}}));
  BOOST_TEST(!leaves_joint({Transition::automatic, {{Type::add_node, {1}}}}));
  // It has no bytes, so no limit on sizes can refuse it (RAFT-M5).
  BOOST_TEST(to_entry(ConfChangeV2{}).data.empty());
  BOOST_TEST((conf_change_of(entry_of(EntryType::conf_change_v2, "")) == ConfChangeV2{}));
}

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_protobuf) {
  // By hand, from raft.proto: key (number << 3 | form), value.
  const ConfChange v1{Type::remove_node, {300}, "x"};
  BOOST_TEST(encode_conf_change(v1) == base::Bytes("\x08\x00\x10\x01\x18\xac\x02\x22\x01x", 10));
  const ConfChangeV2 v2{
      Transition::joint_explicit, {{Type::add_node, {1}}, {Type::add_learner_node, {2}}}, "y"};
  BOOST_TEST(encode_conf_change(v2) ==
             base::Bytes("\x08\x02\x12\x04\x08\x00\x10\x01\x12\x04\x08\x03\x10\x02\x1a\x01y", 17));
}

BOOST_AUTO_TEST_CASE(what_was_encoded_is_read_again) {
  BOOST_TEST(rc::check("new form", [] {
    const ConfChangeV2 change = any_change();
    const Entry entry = to_entry(change);
    RC_ASSERT(entry.type == EntryType::conf_change_v2);
    RC_ASSERT(conf_change_of(entry) == change);
  }));
  BOOST_TEST(rc::check("old form", [] {
    const ConfChange change{*rc::gen::element(Type::add_node, Type::remove_node),
                            {*rc::gen::arbitrary<std::uint64_t>()},
                            *rc::gen::arbitrary<std::string>()};
    const Entry entry = to_entry(change);
    RC_ASSERT(entry.type == EntryType::conf_change);
    RC_ASSERT(conf_change_of(entry) == to_v2(change));
  }));
}

BOOST_AUTO_TEST_CASE(fields_of_a_later_version_are_passed_over) {
  const auto change =
      conf_change_of(entry_of(EntryType::conf_change_v2, base::Bytes("\x08\x01\x48\x07\x52\x01z", 7)));
  BOOST_REQUIRE(change);
  BOOST_TEST((*change == ConfChangeV2{Transition::joint_implicit, {}}));
}

BOOST_AUTO_TEST_CASE(other_bytes_are_refused) {
  for (const base::Bytes& bytes :
       {base::Bytes("\x08", 1), base::Bytes("\x08\x07", 2), base::Bytes("\x12\x05\x08\x01", 4),
        base::Bytes("\x12\x02\x08\x09", 4), base::Bytes("\x0d\x01\x01\x01\x01", 5),
        base::Bytes("\x00\x01", 2), base::Bytes("\x1a\x7f", 2), base::Bytes("\x18\x01", 2),
        base::Bytes("\x10\x01", 2), base::Bytes("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)}) {
    BOOST_TEST(!conf_change_of(entry_of(EntryType::conf_change_v2, bytes)));
  }
  BOOST_TEST(conf_change_of(entry_of(EntryType::conf_change, base::Bytes("\x10\x09", 2))).error() ==
             "the entry's data is no configuration change (V1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
