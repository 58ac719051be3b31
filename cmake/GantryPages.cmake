# gantry_pack_pages(TARGET): builds the documentation into a library; see cmake/pack_pages.cpp.
# A page that is added, changed or removed is packed at the next build.
add_executable(pack_pages ${CMAKE_SOURCE_DIR}/cmake/pack_pages.cpp)
target_link_libraries(pack_pages PRIVATE gantry_flags PkgConfig::ZSTD)
set_target_properties(pack_pages PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools)

function(gantry_pack_pages target)
  file(GLOB_RECURSE pages CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/docs/en/*.md ${CMAKE_SOURCE_DIR}/docs/zh/*.md
    ${CMAKE_SOURCE_DIR}/docs/format/*.md)
  list(TRANSFORM pages PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  set(packed ${CMAKE_BINARY_DIR}/generated/packed_pages.cpp)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(OUTPUT ${packed} DEPENDS pack_pages ${files}
    COMMAND pack_pages ${packed} ${CMAKE_SOURCE_DIR} ${pages} VERBATIM)
  target_sources(${target} PRIVATE ${packed})
endfunction()
