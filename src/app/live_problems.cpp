#include "app/live_problems.h"

#include <algorithm>

#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/text.h"
#include "runner/secrets.h"

namespace gantry::app {

namespace {
spec::Diagnostic problem_of(const std::string& workflow, std::string code, const Error& why) {
  return file_problem(workflow + ".yaml", std::move(code), why);
}

spec::Diagnostic diagnostic_of(const api::Hooks::Conflict& conflict) {
  const std::string others =
      conflict.others.empty() ? conflict.workflow : join(conflict.others, ", ");
  const Error why =
      refuse({"triggers of the webhook '{}' differ in 'auth' or 'secret', so it takes nothing: see "
              "{}; give one of them another name",
              "webhook“{}”的各触发器的 'auth' 或 'secret' 不一致，因此不接收任何请求：见 {}；请给其"
              "中一个改名"},
             conflict.hook, others);
  return problem_of(conflict.workflow, "duplicate-name", why);
}

Status check_secret(const std::string& secrets_dir, const model::HookSource& hook) {
  TRY(const std::string secret, runner::read_secret(secrets_dir, hook.secret));
  if (!secret.empty()) return ok();
  return refuse({"the secret '{}' is empty", "机密“{}”为空"}, hook.secret);
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

void add_hook_problems(std::vector<api::FileProblem>& all, const api::Hooks& hooks,
                       const std::string& secrets_dir) {
  for (const api::Hooks::Conflict& conflict : hooks.conflicts())
    add_live_problem(all, conflict.workflow, diagnostic_of(conflict));
  for (const api::Hooks::Use& use : hooks.uses()) {
    const Status readable = check_secret(secrets_dir, use.hook);
    if (readable.ok()) continue;
    const Error why =
        within({"the webhook takes nothing", "该 webhook 不接收任何请求"}, readable.error());
    add_live_problem(all, use.workflow, problem_of(use.workflow, "file-missing", why));
  }
}

}  // namespace gantry::app
