#include "spec/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "model/states.h"

namespace gantry::spec {

namespace {

using model::Workflow;

// The keys of one owner. What equals the default is left out by whoever adds it.
class Keys {
 public:
  explicit Keys(FactOwner owner) { facts_.owner = std::move(owner); }

  void text(std::string key, const std::string& value) {
    if (!value.empty()) add(std::move(key), value);
  }
  void flag(std::string key, bool value, bool usual = false) {
    if (value != usual) add(std::move(key), value ? "true" : "false");
  }
  template <typename Number>
  void number(std::string key, Number value, Number usual = 0) {
    if (value != usual) add(std::move(key), fmt::to_string(value));
  }
  void duration(std::string key, Duration value, Duration usual = {}) {
    if (value != usual) add(std::move(key), format_duration(value));
  }
  void duration(std::string key, const std::optional<Duration>& value) {
    if (value) add(std::move(key), format_duration(*value));
  }
  void instant(std::string key, const std::optional<Instant>& value) {
    if (value) add(std::move(key), format_instant(*value));
  }
  void list(std::string key, const std::vector<std::string>& values) {
    if (!values.empty()) add(std::move(key), "[" + join(values, ", ") + "]");
  }
  void sorted(std::string key, std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    list(std::move(key), values);
  }
  void named(const std::string& key, const std::vector<model::NamedText>& values) {
    for (const auto& [name, value] : values) add(key + "." + name, value);
  }
  void values(const std::string& key, const ValueMap& values) {
    for (const auto& [name, value] : values) add(key + "." + name.as_string(), to_json(value));
  }
  void add(std::string key, std::string value) {
    facts_.keys.emplace_back(std::move(key), std::move(value));
  }

  OwnerFacts take() {
    std::sort(facts_.keys.begin(), facts_.keys.end());
    return std::move(facts_);
  }

 private:
  OwnerFacts facts_;
};

OwnerFacts workflow_facts(const Workflow& w) {
  Keys keys({});
  keys.text("title", w.title);
  keys.text("description", w.description);
  keys.text("owner", w.owner);
  keys.named("labels", w.labels);
  keys.text("timezone", w.timezone == Workflow{}.timezone ? "" : w.timezone);
  keys.flag("enabled", w.enabled, true);
  keys.named("env", w.env);
  keys.sorted("secrets", w.secrets);
  keys.duration("timeout", w.timeout);
  keys.number("concurrency.limit", w.concurrency_limit);
  keys.text("concurrency.key", w.concurrency_key);
  if (w.conflict != model::Conflict::Queue)
    keys.add("concurrency.conflict", std::string(name_of(w.conflict)));
  if (w.after_previous != model::AfterPrevious::Any)
    keys.add("after_previous", std::string(name_of(w.after_previous)));
  keys.flag("fail_fast", w.fail_fast);
  keys.number("priority", w.priority);
  return keys.take();
}

OwnerFacts param_facts(const model::Param& p) {
  Keys keys({"params", p.name});
  keys.add("type", std::string(name_of(p.type)));
  keys.text("title", p.title);
  keys.text("help", p.help);
  keys.flag("required", p.required);
  if (p.fallback) keys.add("default", to_json(*p.fallback));
  keys.list("values", p.values);
  if (p.min) keys.add("min", fmt::to_string(*p.min));
  if (p.max) keys.add("max", fmt::to_string(*p.max));
  if (p.low) keys.add("min", *p.low);
  if (p.high) keys.add("max", *p.high);
  keys.text("pattern", p.pattern);
  if (p.type == model::ParamType::List) keys.add("items", std::string(name_of(p.items)));
  return keys.take();
}

std::string_view name_of_policy(model::CatchUp::Policy policy) {
  switch (policy) {
    case model::CatchUp::Policy::None: return "none";
    case model::CatchUp::Policy::Latest: return "latest";
    case model::CatchUp::Policy::All: return "all";
  }
  return {};
}

std::string_view name_of_holiday(model::OnHoliday rule) {
  switch (rule) {
    case model::OnHoliday::Skip: return "skip";
    case model::OnHoliday::Before: return "before";
    case model::OnHoliday::After: return "after";
  }
  return {};
}

std::string_view name_of_auth(model::HookAuth auth) {
  switch (auth) {
    case model::HookAuth::Hmac: return "hmac";
    case model::HookAuth::GitHub: return "github";
    case model::HookAuth::GitLab: return "gitlab";
    case model::HookAuth::Alertmanager: return "alertmanager";
    case model::HookAuth::Token: return "token";
  }
  return {};
}

void add_timer(Keys& keys, const model::Trigger& t) {
  const model::TimerDetails usual;
  const model::TimerDetails& timer = *t.timer;
  keys.text("cron", t.cron);
  keys.duration("every", t.every);
  keys.instant("from", t.from);
  keys.instant("at", t.at);
  keys.instant("start", timer.start);
  keys.instant("end", timer.end);
  keys.duration("jitter", timer.jitter);
  keys.text("calendar", timer.calendar);
  if (timer.on_holiday != usual.on_holiday)
    keys.add("on_holiday", std::string(name_of_holiday(timer.on_holiday)));
  if (timer.catch_up.policy != usual.catch_up.policy)
    keys.add("catchup.policy", std::string(name_of_policy(timer.catch_up.policy)));
  keys.duration("catchup.window", timer.catch_up.window, usual.catch_up.window);
  keys.number("catchup.max", timer.catch_up.max, usual.catch_up.max);
}

void add_source(Keys& keys, const model::Trigger& t) {
  const model::SourceDetails& source = *t.source;
  keys.text("file.path", source.file.path);
  if (t.kind == model::TriggerKind::File) keys.duration("file.settle", source.file.settle);
  keys.flag("file.batch", source.file.batch);
  keys.text("webhook.name", source.hook.name);
  if (t.kind == model::TriggerKind::Webhook)
    keys.add("webhook.auth", std::string(name_of_auth(source.hook.auth)));
  keys.text("webhook.secret", source.hook.secret);
}

void add_event(Keys& keys, const model::Trigger& t) {
  const model::SourceDetails& source = *t.source;
  const model::CompletionSource usual;
  keys.text("match", source.match);
  if (t.kind != model::TriggerKind::Workflow) return;
  keys.sorted("workflow.names", source.completion.workflows);
  keys.flag("workflow.all", source.completion.all);
  keys.flag("workflow.same_date", source.completion.same_date);
  keys.flag("workflow.succeeded", source.completion.succeeded, usual.succeeded);
  keys.flag("workflow.failed", source.completion.failed, usual.failed);
  keys.flag("workflow.cancelled", source.completion.cancelled, usual.cancelled);
}

OwnerFacts trigger_facts(const model::Trigger& t, const Workflow& w) {
  Keys keys({"triggers", t.id});
  add_timer(keys, t);
  add_source(keys, t);
  if (t.kind == model::TriggerKind::Event) keys.add("event.name", t.source->event.name);
  add_event(keys, t);
  keys.flag("enabled", t.enabled, true);
  if (t.timezone != w.timezone) keys.add("timezone", t.timezone);
  keys.values("params", t.params);
  return keys.take();
}

void add_wait(Keys& keys, const model::Wait& wait) {
  const model::Wait usual;
  keys.text("wait.for", wait.span);
  keys.text("wait.until", wait.until);
  keys.text("wait.when", wait.when);
  keys.text("wait.event.name", wait.event);
  keys.text("wait.event.match", wait.match);
  keys.duration("wait.every", wait.every, usual.every);
  keys.duration("wait.timeout", wait.timeout);
  if (wait.skips) keys.add("wait.on_timeout", "skip");
}

void add_action(Keys& keys, const model::Task& t) {
  switch (t.action.kind) {
    case model::ActionKind::Pass: keys.add("pass", "true"); break;
    case model::ActionKind::Run: keys.add("run", t.action.script); break;
    case model::ActionKind::Exec: keys.add("exec", "[" + join(t.action.argv, ", ") + "]"); break;
    case model::ActionKind::Switch: break;  // the arms say it
    case model::ActionKind::Group: keys.add("tasks", ""); break;
    case model::ActionKind::Wait: add_wait(keys, *t.wait); break;
  }
  keys.text("shell", t.action.shell);
}

void add_process(Keys& keys, const model::Task& t) {
  keys.named("env", t.setup->env);
  keys.sorted("secrets", t.setup->secrets);
  keys.text("workdir", t.setup->workdir);
  keys.duration("timeout", t.timeout);
  keys.duration("grace", t.grace, model::Task{}.grace);
  keys.text("pool", t.pool);
  keys.number("slots", t.slots, model::Task{}.slots);
  keys.number("priority", t.priority);
  keys.flag("background", t.background);
  keys.duration("every", t.every);
  if (t.on_interrupt != model::OnInterrupt::Default)
    keys.add("on_interrupt", std::string(name_of(t.on_interrupt)));
}

void add_retry(Keys& keys, const model::RetryPolicy& retry) {
  const model::RetryPolicy usual;
  keys.number("retry.limit", retry.limit, usual.limit);
  keys.duration("retry.delay", retry.delay, usual.delay);
  keys.number("retry.backoff", retry.backoff, usual.backoff);
  keys.duration("retry.max_delay", retry.max_delay);
  keys.number("retry.jitter", retry.jitter, usual.jitter);
  keys.text("retry.if", retry.condition);
}

void add_flow(Keys& keys, const model::Task& t, const Workflow& w) {
  std::vector<std::string> needs;
  for (const TaskIndex up : t.needs) needs.push_back(w.tasks[up.value].name);
  keys.sorted("needs", std::move(needs));
  if (t.join != model::Task{}.join) keys.add("join", std::string(name_of(t.join)));
  keys.text("when", t.skipping->when);
  std::vector<std::string> codes;
  for (const int code : t.skipping->exit_codes) codes.push_back(fmt::to_string(code));
  keys.sorted("skip_exit_codes", std::move(codes));
  keys.flag("allow_failure", t.allow_failure);
}

void add_arms(Keys& keys, const std::vector<model::Arm>& arms, const Workflow& w) {
  std::vector<std::string> lines;
  for (const model::Arm& arm : arms) {
    std::vector<std::string> names;
    for (const TaskIndex then : arm.then) names.push_back(w.tasks[then.value].name);
    lines.push_back((arm.when.empty() ? "otherwise" : arm.when) + " -> " + join(names, ", "));
  }
  keys.list("switch", lines);
}

void add_foreach(Keys& keys, const model::Foreach& foreach) {
  const model::Foreach usual;
  if (!foreach.exists()) return;
  keys.add("foreach", foreach.list.empty() ? to_json(foreach.items) : foreach.list);
  keys.text("as", foreach.as);
  keys.number("max_parallel", foreach.max_parallel, usual.max_parallel);
  keys.number("tolerate.failed", foreach.tolerated);
  keys.number("threshold.failed", foreach.threshold.failed);
  keys.number("threshold.rate", foreach.threshold.rate);
  keys.number("threshold.min", foreach.threshold.min, usual.threshold.min);
}

void add_repeat(Keys& keys, const model::Repeat& repeat) {
  const model::Repeat usual;
  keys.text("repeat.until", repeat.until);
  keys.duration("repeat.every", repeat.every);
  keys.number("repeat.limit", repeat.limit, usual.limit);
}

OwnerFacts task_facts(const model::Task& t, const Workflow& w) {
  Keys keys({t.is_finally ? "finally" : "tasks", t.name});
  keys.text("title", t.about->title);
  keys.text("description", t.about->description);
  keys.text("owner", t.about->owner);
  add_action(keys, t);
  add_flow(keys, t, w);
  add_arms(keys, t.flow->arms, w);
  add_foreach(keys, t.flow->foreach);
  add_repeat(keys, t.flow->repeat);
  add_process(keys, t);
  add_retry(keys, *t.retry);
  keys.named("outputs", t.outputs->values);
  return keys.take();
}

OwnerFacts file_facts(const model::VersionFile& file) {
  constexpr std::size_t kShown = 12;
  Keys keys({"files", file.path});
  keys.add("content", file.hash.substr(0, kShown));
  keys.flag("executable", file.executable);
  return keys.take();
}

}  // namespace

std::vector<OwnerFacts> facts_of(const model::Definition& definition) {
  const Workflow& w = definition.workflow;
  std::vector<OwnerFacts> all{workflow_facts(w)};
  for (const model::Param& param : w.params) all.push_back(param_facts(param));
  for (const model::Trigger& trigger : w.triggers) all.push_back(trigger_facts(trigger, w));
  for (const model::Task& task : w.tasks) all.push_back(task_facts(task, w));
  for (const model::VersionFile& file : definition.files) all.push_back(file_facts(file));
  std::stable_sort(all.begin(), all.end(),
                   [](const OwnerFacts& a, const OwnerFacts& b) { return a.owner < b.owner; });
  return all;
}

}  // namespace gantry::spec
