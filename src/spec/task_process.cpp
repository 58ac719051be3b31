#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "model/states.h"
#include "spec/names.h"
#include "spec/tasks.h"

namespace gantry::spec {

namespace {

bool check_variable(const Source& source, const Node& node) {
  if (!is_variable_name(node.text)) {
    source.problems.add(BadName, node.place,
                        refuse({"'{}' is no variable name: letters, digits and '_', no digit first",
                                "“{}”不是变量名：只能有字母、数字和“_”，且不以数字开头"},
                               node.text));
    return false;
  }
  if (!is_own_variable(node.text)) return true;
  source.problems.add(ReservedName, node.place,
                      refuse({"'{}': names that begin with GANTRY_ or PARAM_ are set by Gantry",
                              "“{}”：以 GANTRY_ 或 PARAM_ 开头的变量由 Gantry 设置"},
                             node.text));
  return false;
}

void put(std::vector<model::NamedText>& env, const std::string& name, const std::string& value) {
  for (auto& [known, text] : env)
    if (known == name) {
      text = value;
      return;
    }
  env.emplace_back(name, value);
}

void read_skip_exit_codes(const Fields& fields, model::Task& task) {
  if (!fields.has("skip_exit_codes")) return;
  model::Skipping skipping = *task.skipping;
  skipping.exit_codes.clear();
  for (const std::int64_t code : fields.wholes("skip_exit_codes", kExitCodeRange))
    skipping.exit_codes.push_back(static_cast<int>(code));
  task.skipping = std::move(skipping);
}

void read_workdir(const Source& source, const Fields& fields, ScopeKind scope, std::uint32_t index,
                  Draft& draft, std::string& workdir) {
  const auto text = fields.filled_text("workdir");
  if (!text) return;
  const Node& node = *fields.find("workdir");
  const bool literal = text->find("${{") == std::string::npos;
  const std::string_view bare = text->starts_with("./") ? std::string_view(*text).substr(2) : *text;
  if (literal && !is_inside_path(bare))
    return source.problems.add(BadPath, node.place,
                               refuse({"'workdir' is a folder below the run's workspace, not '{}'",
                                       "'workdir' 是运行工作区内的文件夹，而不是“{}”"},
                                      *text));
  workdir = std::string(bare);
  draft.add_text(node, scope, index);
}

void read_on_interrupt(const Source& source, const Fields& fields, model::OnInterrupt& policy) {
  const auto text = fields.text("on_interrupt");
  if (!text) return;
  if (const auto found = model::on_interrupt_of(*text)) {
    policy = *found;
    return;
  }
  source.problems.add(BadValue, fields.find("on_interrupt")->place,
                      refuse({"'on_interrupt' is retry, fail or ask, not '{}'",
                              "'on_interrupt' 为 retry、fail 或 ask，而不是“{}”"},
                             *text),
                      source.problems.suggest(*text, {"retry", "fail", "ask"}));
}

}  // namespace

void read_retry(const Source& source, const Fields& outer, Draft& draft,
                model::RetryPolicy& retry) {
  const Node* map = outer.map("retry");
  if (map == nullptr) return;
  check_keys(source, *map, kRetryKeys);
  const Fields fields(source, *map);
  if (const auto limit = fields.whole("limit", kRetriesRange))
    retry.limit = static_cast<int>(*limit);
  if (const auto delay = fields.duration("delay", kDelayRange)) retry.delay = *delay;
  if (const auto backoff = fields.number("backoff", kBackoffRange)) retry.backoff = *backoff;
  if (const auto most = fields.duration("max_delay", kDelayRange)) retry.max_delay = *most;
  if (const auto jitter = fields.number("jitter", kJitterRange)) retry.jitter = *jitter;
  if (fields.has("max_delay") && retry.max_delay && *retry.max_delay < retry.delay)
    source.problems.add(
        BadValue, fields.key_place("max_delay"),
        refuse({"'max_delay' is below 'delay' ({})", "'max_delay' 小于 'delay'（{}）"},
               format_duration(retry.delay)));
  retry.condition = read_condition(source, fields, "if", ScopeKind::RetryIf, 0, draft);
}

std::string read_condition(const Source& source, const Fields& fields, std::string_view key,
                           ScopeKind scope, std::uint32_t index, Draft& draft) {
  const auto text = fields.filled_text(key);
  if (!text) return {};
  const Node& node = *fields.find(key);
  const std::size_t at = text->find("${{");
  if (at != std::string::npos) {
    source.problems.add(BadExpression, source.tree.place_in(node, at),
                        refuse({"'{}' is an expression by itself; write it without ${{{{ }}}}",
                                "'{}' 本身就是表达式；请不要写 ${{{{ }}}}"},
                               key));
    return {};
  }
  draft.texts.push_back({&node, scope, index});
  return *text;
}

void read_env(const Source& source, const Fields& fields, ScopeKind scope, std::uint32_t index,
              Draft& draft, std::vector<model::NamedText>& env) {
  const Node* map = fields.map("env");
  for (std::size_t i = 0; map != nullptr && i < map->children.size(); i += 2) {
    const Node& key = source.tree.at(map->children[i]);
    const Node& value = source.tree.at(map->children[i + 1]);
    if (!key.is_scalar() || !check_variable(source, key)) continue;
    if (value.kind == NodeKind::Null) {
      source.problems.add(
          WrongType, key.place,
          refuse({"'{}' has no value; write \"\" for an empty one", "“{}”没有值；空值请写 \"\""},
                 key.text));
      continue;
    }
    const auto text = read_text(source, value, key.text);
    if (!text) continue;
    put(env, key.text, *text);
    draft.add_text(value, scope, index);
  }
}

void read_secrets(const Source& source, const Fields& fields, std::vector<std::string>& secrets) {
  std::vector<std::string_view> seen;
  for (const Node* node : fields.texts("secrets")) {
    if (!check_variable(source, *node)) continue;
    if (std::find(seen.begin(), seen.end(), node->text) != seen.end()) {
      source.problems.add(
          DuplicateName, node->place,
          refuse({"the secret '{}' stands here twice", "机密“{}”在这里出现了两次"}, node->text));
      continue;
    }
    seen.push_back(node->text);
    if (std::find(secrets.begin(), secrets.end(), node->text) == secrets.end())
      secrets.push_back(node->text);
  }
}

void read_process_keys(const Source& source, const Fields& fields, ScopeKind scope,
                       std::uint32_t index, Draft& draft, model::Task& task) {
  model::Setup setup = *task.setup;
  read_env(source, fields, scope, index, draft, setup.env);
  read_secrets(source, fields, setup.secrets);
  read_workdir(source, fields, scope, index, draft, setup.workdir);
  task.setup = std::move(setup);
  model::RetryPolicy retry = *task.retry;
  read_retry(source, fields, draft, retry);
  task.retry = std::move(retry);
  read_skip_exit_codes(fields, task);
  read_on_interrupt(source, fields, task.on_interrupt);
  if (const auto timeout = fields.duration("timeout", kTimeoutRange)) task.timeout = *timeout;
  if (const auto grace = fields.duration("grace", kGraceRange)) task.grace = *grace;
  if (const auto priority = fields.whole("priority", kPriorityRange))
    task.priority = static_cast<int>(*priority);
  if (const auto pool = fields.plain_text("pool")) {
    task.pool = *pool;
    if (const auto fault = fault_of_id(*pool))
      source.problems.add(BadName, fields.find("pool")->place, *fault);
  }
  if (const auto slots = fields.whole("slots", kSlotsRange)) task.slots = static_cast<int>(*slots);
  if (fields.has("slots") && task.pool.empty())
    source.problems.add(MisplacedKey, fields.key_place("slots"),
                        refuse({"'slots' belongs to 'pool'", "'slots' 只用于 'pool'"}));
}

}  // namespace gantry::spec
