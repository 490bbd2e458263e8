# What others link to check their own systems: libraries, headers and the files of find_package(plimsoll).
#
#   find_package(plimsoll 0.1 REQUIRED [COMPONENTS engine])
#   plimsoll::engine                  all parts of the component engine
#   plimsoll::<room>_<directory>      one part: plimsoll::checker_search, plimsoll::checker_trace ...
#
# Components: engine, and trace (counterexamples as stories and files), which alone needs yaml-cpp. Without
# COMPONENTS both are wanted. Our warnings are not passed on: users compile with their own.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(PLIMSOLL_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/plimsoll)
set(PLIMSOLL_HEADER_DIR ${CMAKE_INSTALL_INCLUDEDIR}/plimsoll)

# plimsoll_install_component(<component> <room>/<directory>...): directories that do not exist are skipped.
# Headers of tests stay at home.
function(plimsoll_install_component component)
  foreach(path IN LISTS ARGN)
    plimsoll_target_name(target ${path})
    if(NOT TARGET ${target})
      continue()
    endif()
    string(REPLACE "/" "_" part ${path})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${part})
    install(TARGETS ${target} EXPORT plimsoll-${component} COMPONENT development
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} INCLUDES DESTINATION ${PLIMSOLL_HEADER_DIR})
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${path}/ DESTINATION ${PLIMSOLL_HEADER_DIR}/${path}
            COMPONENT development FILES_MATCHING PATTERN "*.hpp"
            PATTERN "corpus" EXCLUDE
            REGEX "/(test_bed|loaded_scenario|no_more_threads|naive_executor|water_jugs)\\.hpp$" EXCLUDE)
  endforeach()
  install(EXPORT plimsoll-${component} NAMESPACE plimsoll:: DESTINATION ${PLIMSOLL_PACKAGE_DIR}
          COMPONENT development)
endfunction()

# plimsoll_install(ENGINE <room>/<directory>... TRACE <room>/<directory>...)
function(plimsoll_install)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "ENGINE;TRACE")
  if(TARGET plimsoll)
    install(TARGETS plimsoll RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
  endif()

  add_library(plimsoll_engine INTERFACE)
  plimsoll_link_directories(plimsoll_engine INTERFACE ${arg_ENGINE})
  set_target_properties(plimsoll_engine PROPERTIES EXPORT_NAME engine)
  install(TARGETS plimsoll_engine EXPORT plimsoll-engine COMPONENT development)
  plimsoll_install_component(engine ${arg_ENGINE})
  plimsoll_install_component(trace ${arg_TRACE})

  configure_package_config_file(${CMAKE_SOURCE_DIR}/ci/cmake/plimsollConfig.cmake.in
                                ${CMAKE_BINARY_DIR}/package/plimsollConfig.cmake
                                INSTALL_DESTINATION ${PLIMSOLL_PACKAGE_DIR})
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/plimsollConfigVersion.cmake
                                   COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/package/plimsollConfig.cmake
                ${CMAKE_BINARY_DIR}/package/plimsollConfigVersion.cmake
          DESTINATION ${PLIMSOLL_PACKAGE_DIR} COMPONENT development)
endfunction()

# CTest's `ci/installed-package`: installs into the build tree, builds ci/examples against that as a user
# would, with this build's compiler and flags, and compares what they print.
function(plimsoll_installed_package_test)
  if(NOT PLIMSOLL_TESTS OR PLIMSOLL_FUZZERS)
    return()
  endif()
  add_test(NAME ci/installed-package
           COMMAND ${CMAKE_COMMAND}
                   -D BUILD=${CMAKE_BINARY_DIR} -D EXAMPLES=${CMAKE_SOURCE_DIR}/ci/examples
                   -D GENERATOR=${CMAKE_GENERATOR} -D MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
                   -D COMPILER=${CMAKE_CXX_COMPILER} -D BUILD_TYPE=${CMAKE_BUILD_TYPE}
                   "-D FLAGS=${CMAKE_CXX_FLAGS}"
                   -P ${CMAKE_SOURCE_DIR}/ci/cmake/installed_package_test.cmake)
  set_tests_properties(ci/installed-package PROPERTIES TIMEOUT 300)
endfunction()
