#include "impl/ipam/host_local/address_files.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::ipam {
namespace {

using base::Ipv4;

constexpr Ipv4 first(10, 1, 0, 2);
constexpr Ipv4 second(10, 1, 0, 3);
constexpr Ipv4 third(10, 1, 0, 4);
constexpr Ipv4 fourth(10, 1, 0, 5);
const Attachment web{"web.0", "eth0"};
const Attachment web_second_interface{"web.0", "eth1"};
const Attachment db{"db.0", "eth0"};

using Addresses = std::vector<Ipv4>;

}  // namespace

BOOST_AUTO_TEST_SUITE(address_files_test)

BOOST_AUTO_TEST_CASE(ipam_2_a_file_is_named_by_the_address_and_names_the_attachment) {
  AddressFiles files;
  BOOST_TEST(files.create(first, file_content(web)));
  BOOST_TEST(files.contents.at(first) == "web.0\r\neth0");
  BOOST_TEST(files.holds(first));
  BOOST_TEST(!files.holds(second));
}

BOOST_AUTO_TEST_CASE(ipam_2_creation_decides_who_owns_an_address) {
  AddressFiles files;
  BOOST_TEST(files.create(first, file_content(web)));
  BOOST_TEST(!files.create(first, file_content(db)));
  BOOST_TEST(files.contents.at(first) == file_content(web));
  files.remove(first);
  BOOST_TEST(files.create(first, file_content(db)));
}

BOOST_AUTO_TEST_CASE(ipam_5_del_removes_the_files_of_the_interface) {
  AddressFiles files;
  files.create(first, file_content(web));
  files.create(second, file_content(web_second_interface));
  files.create(third, file_content(web));
  files.create(fourth, file_content(db));
  BOOST_TEST((files.released_by_del(web) == Addresses{first, third}));
  BOOST_TEST((files.released_by_del(db) == Addresses{fourth}));
  BOOST_TEST(files.released_by_del({"absent.0", "eth0"}).empty());
}

BOOST_AUTO_TEST_CASE(ipam_5_del_turns_to_files_of_old_versions_only_if_there_are_no_others) {
  AddressFiles files;
  files.create(first, file_content(web));
  files.create(second, web.container_id);
  BOOST_TEST((files.released_by_del(web) == Addresses{first}));
  BOOST_TEST((files.released_by_del(web_second_interface) == Addresses{second}));
  files.remove(first);
  BOOST_TEST((files.released_by_del(web) == Addresses{second}));
}

BOOST_AUTO_TEST_CASE(ipam_5_an_id_that_begins_like_another_is_another) {
  AddressFiles files;
  files.create(first, file_content({"web.01", "eth0"}));
  files.create(second, file_content({"web.0", "eth01"}));
  BOOST_TEST(files.released_by_del(web).empty());
  BOOST_TEST(files.held_by(web).empty());
}

BOOST_AUTO_TEST_CASE(held_by_counts_both_forms_of_content) {
  AddressFiles files;
  files.create(third, file_content(web));
  files.create(first, web.container_id);
  files.create(second, file_content(web_second_interface));
  BOOST_TEST((files.held_by(web) == Addresses{first, third}));
}

BOOST_AUTO_TEST_CASE(gc_removes_what_no_valid_attachment_holds) {
  AddressFiles files;
  files.create(first, file_content(web));
  files.create(second, file_content(web_second_interface));
  files.create(third, file_content(db));
  files.create(fourth, db.container_id);
  BOOST_TEST((files.released_by_gc({web}) == Addresses{second, third, fourth}));
  BOOST_TEST((files.released_by_gc({web, db}) == Addresses{second}));
  BOOST_TEST((files.released_by_gc({}) == Addresses{first, second, third, fourth}));
}

BOOST_AUTO_TEST_CASE(a_file_without_content_names_nobody_and_is_never_removed) {
  AddressFiles files;
  files.create(first, "");
  BOOST_TEST(files.released_by_del(web).empty());
  BOOST_TEST(files.released_by_gc({}).empty());
  BOOST_TEST(files.held_by(web).empty());
  BOOST_TEST(files.holds(first));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
