#include "app/live_problems.h"

#include <algorithm>

#include "base/explain.h"
#include "base/text.h"

namespace gantry::app {

namespace {
spec::Diagnostic diagnostic_of(const api::Hooks::Conflict& conflict) {
  const std::string others =
      conflict.others.empty() ? conflict.workflow : join(conflict.others, ", ");
  const Error why =
      refuse({"triggers of the webhook '{}' differ in 'auth' or 'secret', so it takes nothing: see "
              "{}; give one of them another name",
              "webhook“{}”的各触发器的 'auth' 或 'secret' 不一致，因此不接收任何请求：见 {}；请给其"
              "中一个改名"},
             conflict.hook, others);
  spec::Diagnostic out;
  out.file = conflict.workflow + ".yaml";
  out.line = out.column = 1;
  out.code = "duplicate-name";
  out.message = why.message;
  out.zh = why.zh;
  return out;
}
}  // namespace

void add_live_problem(std::vector<api::FileProblem>& all, const std::string& workflow,
                      spec::Diagnostic problem) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const api::FileProblem& other) {
    return workflow <= other.key();
  });
  if (at != all.end() && at->key() == workflow)
    at->diagnostics.push_back(std::move(problem));
  else
    all.insert(at, api::FileProblem{workflow, {std::move(problem)}});
}

void add_hook_problems(std::vector<api::FileProblem>& all, const api::Hooks& hooks) {
  for (const api::Hooks::Conflict& conflict : hooks.conflicts())
    add_live_problem(all, conflict.workflow, diagnostic_of(conflict));
}

}  // namespace gantry::app
