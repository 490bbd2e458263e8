// The one main function of all test executables, compiled once.
#include <cstdlib>

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
  // A commit is judged by the same tests every time; other seeds are for those who look for more (ci/seeds).
  constexpr int keep_what_is_asked_for = 0;
  setenv("RC_PARAMS", "seed=20040701", keep_what_is_asked_for);
  const auto init = [] {
    boost::unit_test::framework::master_test_suite().p_name.value = "plimsoll";
    return true;
  };
  return boost::unit_test::unit_test_main(init, argc, argv);
}
