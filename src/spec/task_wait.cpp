// `wait` of a task.
#include "schedule/moment.h"
#include "spec/tasks.h"

namespace gantry::spec {

namespace {

class WaitReader {
 public:
  WaitReader(const Source& source, const Node& map, std::uint32_t index, Draft& draft)
      : source_(source), map_(map), fields_(source, map), index_(index), draft_(draft) {}

  model::Wait read() {
    check_keys(source_, map_, kWaitKeys);
    check_form();
    read_for();
    read_until();
    wait_.when = read_condition(source_, fields_, "when", ScopeKind::Moment, index_, draft_);
    read_event();
    read_limits();
    return std::move(wait_);
  }

 private:
  void report(Lint code, std::string_view key, const Error& what) {
    source_.problems.add(code, fields_.key_place(key), what);
  }

  void check_form() {
    std::vector<std::string_view> found;
    for (const std::string_view form : kWaitKeys.one_of)
      if (fields_.has(form)) found.push_back(form);
    for (const std::string_view later : kWaitKeys.later)
      if (fields_.has(later)) return;  // is reported
    if (found.empty())
      source_.problems.add(MissingKey, map_.place,
                           refuse({"'wait' needs 'for', 'until', 'when' or 'event'",
                                   "'wait' 需要 'for'、'until'、'when' 或 'event'"}));
    if (found.size() > 1)
      report(TwoActions, found[1],
             refuse({"'wait' has '{}' and '{}'; it waits for one thing",
                     "'wait' 同时有 '{}' 和 '{}'；只能等待一件事"},
                    found[0], found[1]));
  }

  // The node of a text that is not empty; its expressions are remembered.
  const Node* read_template(std::string_view key, std::string& out) {
    const auto text = fields_.filled_text(key);
    if (!text) return nullptr;
    out = *text;
    const Node* node = fields_.find(key);
    draft_.add_text(*node, ScopeKind::Task, index_);
    return text->find("${{") == std::string::npos ? node : nullptr;
  }

  void read_for() {
    if (read_template("for", wait_.span) != nullptr) fields_.duration("for", kTimeoutRange);
  }

  void read_until() {
    const Node* node = read_template("until", wait_.until);
    if (node == nullptr) return;
    if (const auto at = schedule::moment_of(wait_.until, {}, {}); !at.ok())
      source_.problems.add(BadDate, node->place, at.error());
  }

  void read_event() {
    const Node* map = fields_.map("event");
    if (map == nullptr) return;
    check_keys(source_, *map, kWaitEventKeys);
    const Fields inner(source_, *map);
    wait_.event = inner.plain_text("name").value_or("");
    if (!inner.has("name"))
      source_.problems.add(MissingKey, map->place,
                           refuse({"'event' needs 'name'", "'event' 需要 'name'"}));
    wait_.match = read_condition(source_, inner, "match", ScopeKind::Arrival, index_, draft_);
  }

  void read_limits() {
    const bool looks = fields_.has("when");
    const bool may_give_up = looks || fields_.has("event");
    if (fields_.has("every") && !looks)
      report(MisplacedKey, "every", refuse({"'every' belongs to 'when'", "'every' 只用于 'when'"}));
    for (const std::string_view key : {"timeout", "on_timeout"})
      if (fields_.has(key) && !may_give_up)
        report(MisplacedKey, key,
               refuse({"'{}' belongs to 'when' and 'event': a time comes by itself",
                       "'{}' 只用于 'when' 和 'event'：时间总会到来"},
                      key));
    if (const auto every = fields_.duration("every", kLookRange)) wait_.every = *every;
    wait_.timeout = fields_.duration("timeout", kTimeoutRange);
    read_on_timeout();
  }

  void read_on_timeout() {
    const auto what = fields_.text("on_timeout");
    if (!what) return;
    wait_.skips = *what == "skip";
    if (*what != "skip" && *what != "fail")
      source_.problems.add(BadValue, fields_.find("on_timeout")->place,
                           refuse({"'on_timeout' is fail or skip, not '{}'",
                                   "'on_timeout' 为 fail 或 skip，而不是“{}”"},
                                  *what));
    if (!fields_.has("timeout"))
      report(MissingKey, "on_timeout",
             refuse({"'on_timeout' needs 'timeout'", "'on_timeout' 需要 'timeout'"}));
  }

  const Source& source_;
  const Node& map_;
  const Fields fields_;
  const std::uint32_t index_;
  Draft& draft_;
  model::Wait wait_;
};

}  // namespace

void read_wait(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
               model::Task& task) {
  task.action.kind = model::ActionKind::Wait;
  const Node* map = fields.map("wait");
  if (map != nullptr) task.wait = WaitReader(source, *map, index, draft).read();
}

}  // namespace gantry::spec
