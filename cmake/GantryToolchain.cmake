# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# The programs land side by side, as they are shipped: gantry looks for gantry-shim beside itself.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(GANTRY_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(GANTRY_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")

# Precompiled headers hit the cache only with this sloppiness (see the ccache manual). Paths are
# made relative and the directory is not hashed: a second checkout finds what the first compiled.
find_program(GANTRY_CCACHE ccache)
if(GANTRY_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${GANTRY_CCACHE})
endif()
find_program(GANTRY_MOLD mold)
if(GANTRY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(gantry_flags INTERFACE)
target_compile_options(gantry_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
target_include_directories(gantry_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns wrongly about std::string operator+ (its bug 105651).
  target_compile_options(gantry_flags INTERFACE -Wno-restrict)
  if(GANTRY_SANITIZE)
    # Instrumented code makes these two fire on what is right; Asio's fences are known to TSan.
    target_compile_options(gantry_flags INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
  endif()
endif()

# Messages of CHECK and debug lines name files from the root of the source tree, also where the
# cache made the paths relative to the build directory.
file(RELATIVE_PATH source_from_build ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
add_compile_options(
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${source_from_build}=.)

if(GANTRY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GANTRY_SANITIZE)
  add_compile_options(
    -fsanitize=${GANTRY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GANTRY_SANITIZE})
else()
  # The shipped build is hardened; checks stay on.
  add_compile_options(
    $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE>
    $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -D_GLIBCXX_ASSERTIONS)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
