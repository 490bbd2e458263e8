# Third-party libraries, all from the distribution; ci/setup installs them.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json)
find_package(fmt 9 CONFIG REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)

# Header-only use: inlined, XXH3 hashes short keys half as fast again. The macro is empty so that a source
# file may define it too.
pkg_check_modules(XXHASH REQUIRED libxxhash)
add_library(plimsoll_xxhash INTERFACE)
target_include_directories(plimsoll_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIRS})
target_compile_definitions(plimsoll_xxhash INTERFACE XXH_INLINE_ALL=)

# libz3-dev ships no Z3Config.cmake, hence pkg-config. Only checker/symbolic needs it.
pkg_check_modules(Z3 REQUIRED IMPORTED_TARGET z3)

# Its flags must be those that the library was built with. Only `plimsoll conform etcd` needs it.
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)

# Only `plimsoll conform dataplane` needs it.
find_package(ZLIB REQUIRED)

if(PLIMSOLL_TESTS)
  find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS unit_test_framework)
  find_package(rapidcheck CONFIG QUIET)
  if(NOT rapidcheck_FOUND)
    message(WARNING "RapidCheck is missing (librapidcheck-dev): tests that include <rapidcheck.h> "
                    "will not compile")
  endif()
endif()
