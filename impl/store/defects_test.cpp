#include "impl/store/defects.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plimsoll::store {

BOOST_AUTO_TEST_SUITE(defects_test)

BOOST_AUTO_TEST_CASE(every_defect_has_one_story_and_a_source) {
  std::set<std::string_view> stories;
  for (std::size_t i = 0; i < defect_stories.size(); ++i) {
    const DefectStory& story = defect_stories.at(i);
    BOOST_TEST((story.defect == static_cast<Defect>(i)));
    BOOST_TEST(story.id == "E" + std::to_string(i + 1));
    // What a lock is worth depends on the client alone.
    BOOST_TEST(story.component == (story.id == "E17" ? "properties/store" : "impl/store"));
    BOOST_TEST(story.story.ends_with('.'));
    BOOST_TEST(story.source.starts_with("http"));
    BOOST_TEST(stories.insert(story.story).second);
  }
  BOOST_TEST(defect_stories.size() == 20U);
}

BOOST_AUTO_TEST_CASE(defects_are_switched_on_one_by_one) {
  const Defects two = Defects().with(Defect::E2).with(Defect::E20);
  BOOST_TEST(Defects().empty());
  BOOST_TEST(!two.empty());
  for (const DefectStory& story : defect_stories) {
    BOOST_TEST(two.has(story.defect) == (story.id == "E2" || story.id == "E20"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
