# gantry_folder(NAME [DEPS folder...] [USES library...] [TEST_ONLY] [ONE_THREAD])
# One static library gantry_NAME from src/NAME/*.cpp and one test binary NAME_test
# from src/NAME/*_test.cpp. Unit tests may use gantry_testing through the source
# `src/testing` headers only when the folder is above it.
set(GANTRY_PCH <chrono> <cstdint> <functional> <map> <memory> <optional> <string> <string_view>
    <utility> <variant> <vector>)

add_library(gantry_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(gantry_pch PRIVATE ${GANTRY_PCH})
target_link_libraries(gantry_pch PUBLIC gantry_flags)

add_library(gantry_test_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(gantry_test_pch PRIVATE ${GANTRY_PCH} <gtest/gtest.h>)
target_link_libraries(gantry_test_pch PUBLIC gantry_flags GTest::gtest)
# Executables are compiled with -fPIE, libraries with -fPIC; GCC takes no header of the other kind.
set_target_properties(gantry_test_pch PROPERTIES POSITION_INDEPENDENT_CODE OFF)
target_compile_options(gantry_test_pch PRIVATE -fPIE)

function(gantry_folder name)
  cmake_parse_arguments(ARG "TEST_ONLY;ONE_THREAD" "" "DEPS;USES" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/*_test.cpp)
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()
  list(TRANSFORM ARG_DEPS PREPEND gantry_)
  if(sources)
    add_library(gantry_${name} STATIC ${sources})
    target_link_libraries(gantry_${name} PUBLIC gantry_flags ${ARG_DEPS} ${ARG_USES})
    target_precompile_headers(gantry_${name} REUSE_FROM gantry_pch)
  else()
    add_library(gantry_${name} INTERFACE)
    target_link_libraries(gantry_${name} INTERFACE gantry_flags ${ARG_DEPS} ${ARG_USES})
  endif()
  if(tests)
    set(sanitizers)
    if(ARG_ONE_THREAD)
      set(sanitizers SANITIZERS address)
    endif()
    gantry_test(${name}_test SOURCES ${tests} LIBS gantry_${name} ${sanitizers})
  endif()
endfunction()

# gantry_test_paths(TEST...): these read files of the checkout or of the build. The others do not
# know where they are, so that the compiler cache serves every checkout.
function(gantry_test_paths)
  foreach(name ${ARGN})
    if(TARGET ${name})
      target_compile_definitions(${name} PRIVATE GANTRY_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        GANTRY_BINARY_DIR="${CMAKE_BINARY_DIR}")
    endif()
  endforeach()
endfunction()

# gantry_test(NAME SOURCES file... [LIBS library...] [TIMEOUT seconds] [LABEL label]
#             [SANITIZERS address|none]): a GoogleTest binary, run by ctest as one entry that
# writes its cases to results/NAME.xml. Label: `unit` unless said otherwise. Every sanitizer build
# has it, unless SANITIZERS says that it is too slow there (none) or has one thread (address).
add_custom_target(gantry_tests)

function(gantry_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;LABEL;SANITIZERS" "SOURCES;LIBS" ${ARGN})
  if(GANTRY_SANITIZE AND ARG_SANITIZERS AND NOT GANTRY_SANITIZE MATCHES "${ARG_SANITIZERS}")
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} gantry_flags GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM gantry_test_pch)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_dependencies(gantry_tests ${name})
  gantry_entry_with_cases(${name})
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1
    --gtest_output=xml:${CMAKE_BINARY_DIR}/results/${name}.xml)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABEL})
endfunction()

# Notes that the ctest entry writes results/ENTRY.xml; tools/tally.py fails it when it does not.
function(gantry_entry_with_cases entry)
  set_property(GLOBAL APPEND_STRING PROPERTY GANTRY_ENTRIES_WITH_CASES "${entry}\n")
endfunction()
