#include "runner/request.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"
#include "runner/attempt_file.h"
#include "runner/log_path.h"
#include "runner/secrets.h"
#include "runner/strays.h"

namespace gantry::runner {

namespace {

Result<std::vector<std::string>> make_argv(const RequestContext& context, Workspaces& workspaces,
                                           const model::StartAttempt& command) {
  if (command.script.empty()) {
    TRY_STATUS(check_arguments(command.argv));
    return command.argv;
  }
  ScriptCall call = script_call(command.script, command.shell, context.base.bash);
  if (call.needs_file) {
    TRY(std::string file, workspaces.put_script(command.run, command.script));
    call.argv.push_back(std::move(file));
  }
  TRY_STATUS(check_arguments(call.argv));
  return std::move(call.argv);
}

// Sets the environment and the secrets to be masked.
Status add_environment(const RequestContext& context, Workspaces& workspaces,
                       const model::StartAttempt& command, const std::string& workspace,
                       shim::StartRequest& request) {
  std::vector<model::NamedText> entries = context.base.entries;
  entries.insert(entries.end(), command.env.begin(), command.env.end());
  for (const std::string& name : command.secrets) {
    TRY(std::string value, read_secret(context.secrets_dir, name));
    entries.emplace_back(name, value);
    request.secrets.push_back(std::move(value));
  }
  entries.emplace_back("GANTRY_OUTPUT", request.outputs_path);
  entries.emplace_back("GANTRY_WORKSPACE", workspace);
  if (!command.event->is(Value::Kind::Null)) {
    TRY(std::string file, workspaces.put_event(command.run, to_json(*command.event)));
    entries.emplace_back("GANTRY_EVENT", std::move(file));
  }
  if (!context.public_url.empty())
    entries.emplace_back("GANTRY_RUN_URL",
                         fmt::format("{}/runs/{}", context.public_url, command.run.value));
  entries.emplace_back(kMarkerName, marker_value(command.id, context.identity));
  TRY(request.env, environment(entries));
  return ok();
}

std::string workdir_of(const std::string& workspace, const std::string& workdir) {
  if (workdir.empty()) return workspace;
  return workdir.front() == '/' ? workdir : join_path(workspace, workdir);
}

}  // namespace

Result<shim::StartRequest> make_request(const RequestContext& context, Workspaces& workspaces,
                                        const model::StartAttempt& command) {
  TRY_STATUS(workspaces.prepare(command.run, command.version_hash));
  const std::string workspace = workspaces.path(command.run);
  shim::StartRequest request;
  request.attempt = command.id.value;
  request.boot_id = context.boot_id;
  request.attempt_path = attempt_path(workspaces.attempts_dir(), command.run, command.id);
  request.log_path = log_path(context.data_dir, {command.run, command.task, command.item,
                                                 command.generation, command.number});
  request.outputs_path = request.attempt_path + ".out";
  request.socket_dir = context.run_dir;
  request.workdir = workdir_of(workspace, command.workdir);
  TRY(request.argv, make_argv(context, workspaces, command));
  TRY_STATUS(add_environment(context, workspaces, command, workspace, request));
  request.timeout_us = command.timeout ? std::max<std::int64_t>(command.timeout->us, 1) : 0;
  request.grace_us = command.grace.us;
  request.log_head_bytes = static_cast<std::int64_t>(context.log_head_bytes);
  request.log_tail_bytes = static_cast<std::int64_t>(context.log_tail_bytes);
  request.log_line_bytes = limits::kLogLineBytes;
  request.outputs_bytes_max = limits::kTaskOutputsBytesMax;
  for (const std::string& path : command.captures)
    request.captures.push_back(path.empty() ? path : join_path(workspace, path));
  request.capture_bytes_max = limits::kCaptureBytesMax;
  request.error_tail_bytes = limits::kErrorTailBytes;
  request.die_with_server = context.die_with_server;
  return request;
}

}  // namespace gantry::runner
