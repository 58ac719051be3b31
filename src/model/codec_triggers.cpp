// Triggers as JSON text. What a trigger leaves as it is by default is not written.
#include <fmt/format.h>

#include <array>

#include "model/codec.h"

namespace gantry::model {

using Kind = Value::Kind;

namespace {
constexpr std::array<std::string_view, 7> kTriggerKinds{"cron",    "every", "at",      "file",
                                                        "webhook", "event", "workflow"};
constexpr std::array<std::string_view, 3> kOnHoliday{"skip", "before", "after"};
constexpr std::array<std::string_view, 3> kCatchUp{"none", "latest", "all"};
constexpr std::array<std::string_view, 5> kHookAuth{"hmac", "github", "gitlab", "alertmanager",
                                                    "token"};

template <typename E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

Error bad(std::string what) { return error(Code::DataLoss, std::move(what)); }

// Reads the members of one map; the first fault stays.
class Members {
 public:
  explicit Members(const Value& map) : map_(map) {}
  const Status& status() const { return status_; }
  const Value* find(std::string_view key, Kind kind) {
    const Value* member = map_.find(key);
    if (member == nullptr || member->is(kind)) return member;
    if (status_.ok()) status_ = bad(fmt::format("{} has the wrong type", key));
    return nullptr;
  }
  std::string text(std::string_view key) {
    const Value* member = find(key, Kind::String);
    return member == nullptr ? std::string() : member->as_string();
  }
  bool flag(std::string_view key, bool usual) {
    const Value* member = find(key, Kind::Bool);
    return member == nullptr ? usual : member->as_bool();
  }
  std::int64_t number(std::string_view key, std::int64_t usual = 0) {
    const Value* member = find(key, Kind::Int);
    return member == nullptr ? usual : member->as_int();
  }
  std::optional<Instant> instant(std::string_view key) {
    const Value* member = find(key, Kind::Int);
    if (member == nullptr) return std::nullopt;
    return Instant{member->as_int()};
  }
  template <typename E, std::size_t N>
  E choice(std::string_view key, const std::array<std::string_view, N>& names, E usual) {
    const Value* member = find(key, Kind::String);
    if (member == nullptr) return usual;
    const auto known = model::find<E>(names, member->as_string());
    if (!known && status_.ok())
      status_ = bad(fmt::format("unknown {} '{}'", key, member->as_string()));
    return known.value_or(usual);
  }

 private:
  const Value& map_;
  Status status_;
};

// Adds what differs from the default.
class MapWriter {
 public:
  template <typename T>
  MapWriter& put(std::string_view key, const T& value, const T& usual = T{}) {
    if (!(value == usual)) map_.emplace_back(std::string(key), value);
    return *this;
  }
  MapWriter& put(std::string_view key, Duration value, Duration usual = {}) {
    return put(key, value.us, usual.us);
  }
  MapWriter& put(std::string_view key, std::optional<Instant> value) {
    if (value) map_.emplace_back(std::string(key), value->us);
    return *this;
  }
  template <typename E, std::size_t N>
  MapWriter& put(std::string_view key, E value, E usual,
                 const std::array<std::string_view, N>& names) {
    if (value != usual)
      map_.emplace_back(std::string(key), std::string(names[static_cast<std::size_t>(value)]));
    return *this;
  }
  ValueMap& map() { return map_; }

 private:
  ValueMap map_;
};

void put_timer(MapWriter& w, const TimerDetails& t) {
  const TimerDetails usual;
  w.put("start_us", t.start).put("end_us", t.end).put("jitter_us", t.jitter);
  w.put("calendar", t.calendar).put("on_holiday", t.on_holiday, usual.on_holiday, kOnHoliday);
  w.put("catchup", t.catch_up.policy, usual.catch_up.policy, kCatchUp);
  w.put("window_us", t.catch_up.window, usual.catch_up.window);
  w.put("max", std::int64_t{t.catch_up.max}, std::int64_t{usual.catch_up.max});
}

TimerDetails timer_of(Members& m) {
  TimerDetails t;
  t.start = m.instant("start_us");
  t.end = m.instant("end_us");
  t.jitter = Duration{m.number("jitter_us")};
  t.calendar = m.text("calendar");
  t.on_holiday = m.choice("on_holiday", kOnHoliday, t.on_holiday);
  t.catch_up.policy = m.choice("catchup", kCatchUp, t.catch_up.policy);
  t.catch_up.window = Duration{m.number("window_us", t.catch_up.window.us)};
  t.catch_up.max = static_cast<int>(m.number("max", t.catch_up.max));
  return t;
}

void put_source(MapWriter& w, const SourceDetails& s) {
  const SourceDetails usual;
  w.put("path", s.file.path).put("settle_us", s.file.settle).put("batch", s.file.batch);
  w.put("hook", s.hook.name).put("auth", s.hook.auth, usual.hook.auth, kHookAuth);
  w.put("secret", s.hook.secret).put("event", s.event.name).put("match", s.match);
  const CompletionSource& c = s.completion;
  if (!c.workflows.empty()) {
    ValueList names;
    for (const std::string& name : c.workflows) names.emplace_back(name);
    w.map().emplace_back("workflows", std::move(names));
  }
  w.put("all", c.all).put("same_date", c.same_date);
  w.put("succeeded", c.succeeded, true).put("failed", c.failed).put("cancelled", c.cancelled);
}

SourceDetails source_of(Members& m) {
  SourceDetails s;
  s.file = {m.text("path"), Duration{m.number("settle_us")}, m.flag("batch", false)};
  s.hook = {m.text("hook"), m.choice("auth", kHookAuth, s.hook.auth), m.text("secret")};
  s.event.name = m.text("event");
  s.match = m.text("match");
  if (const Value* names = m.find("workflows", Kind::List))
    for (const Value& name : names->as_list())
      if (name.is(Kind::String)) s.completion.workflows.push_back(name.as_string());
  s.completion.all = m.flag("all", false);
  s.completion.same_date = m.flag("same_date", false);
  s.completion.succeeded = m.flag("succeeded", true);
  s.completion.failed = m.flag("failed", false);
  s.completion.cancelled = m.flag("cancelled", false);
  return s;
}

Value trigger_value(const Trigger& t) {
  MapWriter w;
  w.map().emplace_back("id", t.id);
  w.map().emplace_back("kind", std::string(name_of(t.kind)));
  w.put("cron", t.cron).put("every_us", t.every).put("from_us", t.from).put("at_us", t.at);
  w.map().emplace_back("timezone", t.timezone);
  w.map().emplace_back("enabled", t.enabled);
  if (!t.params.empty()) w.map().emplace_back("params", t.params);
  put_timer(w, *t.timer);
  put_source(w, *t.source);
  return Value(std::move(w.map()));
}

Result<Trigger> trigger_of(const Value& map) {
  Members m(map);
  Trigger t;
  t.id = m.text("id");
  t.kind = m.choice("kind", kTriggerKinds, t.kind);
  t.cron = m.text("cron");
  t.every = Duration{m.number("every_us")};
  t.from = m.instant("from_us");
  t.at = m.instant("at_us");
  t.timezone = m.text("timezone");
  t.enabled = m.flag("enabled", true);
  if (const Value* params = m.find("params", Kind::Map)) t.params = params->as_map();
  t.timer = timer_of(m);
  t.source = source_of(m);
  TRY_STATUS(m.status());
  return t;
}
}  // namespace

std::string encode_triggers(const std::vector<Trigger>& triggers) {
  ValueList list;
  for (const Trigger& t : triggers) list.push_back(trigger_value(t));
  return encode_value(Value(std::move(list)));
}

Result<std::vector<Trigger>> decode_triggers(std::string_view text) {
  TRY(const Value value, decode_value(text));
  if (!value.is(Kind::List)) return bad("triggers are not a list");
  std::vector<Trigger> triggers;
  for (const Value& one : value.as_list()) {
    TRY(Trigger t, trigger_of(one));
    triggers.push_back(std::move(t));
  }
  return triggers;
}

std::string_view name_of(TriggerKind kind) { return kTriggerKinds[static_cast<std::size_t>(kind)]; }
std::string_view name_of(OnHoliday rule) { return kOnHoliday[static_cast<std::size_t>(rule)]; }
std::string_view name_of(CatchUp::Policy policy) {
  return kCatchUp[static_cast<std::size_t>(policy)];
}
std::string_view name_of(HookAuth auth) { return kHookAuth[static_cast<std::size_t>(auth)]; }
std::optional<TriggerKind> trigger_kind_of(std::string_view name) {
  return find<TriggerKind>(kTriggerKinds, name);
}
std::optional<OnHoliday> on_holiday_of(std::string_view name) {
  return find<OnHoliday>(kOnHoliday, name);
}
std::optional<CatchUp::Policy> catch_up_policy_of(std::string_view name) {
  return find<CatchUp::Policy>(kCatchUp, name);
}
std::optional<HookAuth> hook_auth_of(std::string_view name) {
  return find<HookAuth>(kHookAuth, name);
}

}  // namespace gantry::model
