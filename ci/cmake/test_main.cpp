// The one main function of all test executables, compiled once.
#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
  const auto init = [] {
    boost::unit_test::framework::master_test_suite().p_name.value = "plimsoll";
    return true;
  };
  return boost::unit_test::unit_test_main(init, argc, argv);
}
