# Run at each build (cmake -P): writes OUT, the definition of app::kBuildFacts, if it changed.
# In: SOURCE, OUT, TYPE, COMPILER. The date is that of the commit: builds can be repeated.
function(ask_git result)
  execute_process(COMMAND git -C ${SOURCE} ${ARGN} OUTPUT_VARIABLE text ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE code)
  set(${result} "${text}" PARENT_SCOPE)
  set(${result}_code "${code}" PARENT_SCOPE)
endfunction()

ask_git(commit rev-parse --short=12 HEAD)
ask_git(seconds show -s --format=%ct HEAD)
ask_git(changes diff-index --quiet HEAD --)
if(NOT commit MATCHES "^[0-9a-f]+$")
  set(commit unknown)
elseif(NOT changes_code EQUAL 0)
  string(APPEND commit "-modified")
endif()
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(seconds "$ENV{SOURCE_DATE_EPOCH}")
endif()
set(date unknown)
if(seconds MATCHES "^[0-9]+$")
  set(ENV{SOURCE_DATE_EPOCH} ${seconds})
  string(TIMESTAMP date "%Y-%m-%d" UTC)
endif()

set(text "// Written by cmake/BuildFacts.cmake.
#include \"app/build_facts.h\"

namespace gantry::app {
extern const BuildFacts kBuildFacts{\"${commit}\", \"${date}\", \"${TYPE}\", \"${COMPILER}\"};
}  // namespace gantry::app
")
set(former "")
if(EXISTS ${OUT})
  file(READ ${OUT} former)
endif()
if(NOT text STREQUAL former)
  file(WRITE ${OUT} "${text}")
endif()
