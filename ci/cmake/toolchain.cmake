# Compiler, linker and warnings: one interface target, plimsoll_flags, that every target of the project links.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(WARNING "g++ ${CMAKE_CXX_COMPILER_VERSION} is older than 12, the oldest one this project is "
                  "built with; expect errors. ci/setup installs g++-12, and the presets select it.")
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(WARNING "clang ${CMAKE_CXX_COMPILER_VERSION} is older than 19, the oldest one this project "
                  "is built with; expect errors. `ci/setup --optional` installs clang-19, and the preset "
                  "`clang` selects it.")
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(PLIMSOLL_CCACHE ccache)
if(PLIMSOLL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache asks for with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${PLIMSOLL_CCACHE})
endif()

add_library(plimsoll_flags INTERFACE)
target_include_directories(plimsoll_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(plimsoll_flags INTERFACE
                       -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast)
# g++ 12 warns of string and variant internals that are in order, depending on the level of optimisation
# (GCC bugs 105329, 105562, 105651, 105762); clang and the sanitizers look for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(plimsoll_flags INTERFACE -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict
                         -Wno-stringop-overflow)
endif()
target_compile_definitions(plimsoll_flags INTERFACE PLIMSOLL_VERSION="${PROJECT_VERSION}")

find_program(PLIMSOLL_MOLD mold)
if(PLIMSOLL_MOLD)
  target_link_options(plimsoll_flags INTERFACE -fuse-ld=mold)
endif()

if(PLIMSOLL_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PLIMSOLL_FUZZERS needs clang: "
                        "cmake --preset asan -B build/fuzz -DPLIMSOLL_FUZZERS=ON")
  endif()
  # Everything is instrumented, so that the fuzzer sees the branches of the libraries it drives.
  target_compile_options(plimsoll_flags INTERFACE -fsanitize=fuzzer-no-link,address)
  target_link_options(plimsoll_flags INTERFACE -fsanitize=address)
endif()
