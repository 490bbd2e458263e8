#include "impl/ipam/host_local/cni.hpp"

#include <array>
#include <set>

#include <boost/test/unit_test.hpp>

namespace plimsoll::ipam {
namespace {

struct Row {
  Attachment attachment;
  bool valid;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cni_test)

BOOST_AUTO_TEST_CASE(attachments_have_the_form_that_cni_demands) {
  const std::array rows{
      Row{{"web.0", "eth0"}, true},
      Row{{"0a_B-9", "eth0"}, true},
      Row{{"a", "fifteen-chars-x"}, true},
      Row{{"", "eth0"}, false},
      Row{{".web", "eth0"}, false},
      Row{{"-web", "eth0"}, false},
      Row{{"_web", "eth0"}, false},
      Row{{"web#0", "eth0"}, false},
      Row{{"web\r\neth0", "eth0"}, false},
      Row{{"web 0", "eth0"}, false},
      Row{{"web/0", "eth0"}, false},
      Row{{"web", ""}, false},
      Row{{"web", "."}, false},
      Row{{"web", ".."}, false},
      Row{{"web", "..."}, true},
      Row{{"web", "eth/0"}, false},
      Row{{"web", "eth:0"}, false},
      Row{{"web", "eth 0"}, false},
      Row{{"web", "eth0\n"}, false},
      Row{{"web", "sixteen-chars-xx"}, false},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.attachment.container_id << " " << row.attachment.ifname) {
      BOOST_TEST(is_valid(row.attachment) == row.valid);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_error_has_a_sentence_of_its_own) {
  const auto names = described_enumerators(CniError{});
  std::set<std::string_view> sentences;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view text = sentence(static_cast<CniError>(i));
    BOOST_TEST(text.ends_with('.'));
    sentences.insert(text);
  }
  BOOST_TEST(sentences.size() == names.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
