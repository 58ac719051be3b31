// What is about the server itself: health, pools, the OpenAPI document; checking a text.
#include "api/handlers.h"
#include "api/shapes.h"

#include "schedule/zone.h"
#include "spec/calendars.h"

namespace gantry::api {

std::string health_text(Backend& backend) {
  const Services& s = backend.services;
  const bool healthy = s.engine.healthy();
  JsonWriter w;
  w.object().field("status", healthy ? "ok" : "unavailable").field("ready", healthy);
  w.field("version", s.version).field("started_at", s.started_at);
  w.field("now", s.clock.wall()).key("engine").object().field("healthy", healthy).end().end();
  return std::move(w).text();
}

Result<net::Response> get_health(Backend& backend, const Call&) {
  return json_response(health_text(backend), backend.services.engine.healthy() ? 200 : 503);
}

Result<net::Response> get_openapi(Backend& backend, const Call&) {
  return json_response(backend.openapi);
}

namespace {

void write_pool(JsonWriter& w, std::string_view name, int slots, int used, std::size_t queued) {
  w.object().field("name", name).field("slots", slots).field("used", used);
  w.field("queued", static_cast<std::int64_t>(queued)).end();
}

}  // namespace

void write_pools(JsonWriter& w, const core::Core& core) {
  const core::State& state = core.state();
  const auto use_of = [&](const std::string& name) {
    const auto found = state.pools.find(name);
    return found == state.pools.end() ? core::PoolUse{} : found->second;
  };
  // Tasks without a pool queue for the local slots alone.
  write_pool(w, "local", core.limits().local_slots, state.local_slots_used,
             use_of("").queue.size());
  for (const auto& [name, slots] : core.limits().pools) {
    const core::PoolUse use = use_of(name);
    write_pool(w, name, slots, use.used, use.queue.size());
  }
  // Pools that tasks name but nobody has configured: what waits there never starts.
  for (const auto& [name, use] : state.pools)
    if (!name.empty() && !use.queue.empty() && !core.limits().pools.contains(name))
      write_pool(w, name, 0, use.used, use.queue.size());
}

std::string pools_text(const core::Core& core) {
  JsonWriter w;
  begin_page(w);
  write_pools(w, core);
  return end_page(w, "");
}

void get_pools(Backend& backend, const CallPtr&, const ReplyPtr& reply) {
  const auto question = [reply](const core::Core& core, Now) {
    reply->send(json_response(pools_text(core)));
  };
  if (!backend.services.engine.ask(question)) reply->fail(engine_busy());
}

namespace {
// A text alone: the files beside it are not here.
class NoFiles : public spec::FileSource {
 public:
  Result<model::VersionFile> read(const std::string& path) const override {
    return error(Code::NotFound, "'" + path + "' is not here: only the text was sent");
  }
  Result<std::vector<std::string>> glob(const std::string&) const override {
    return std::vector<std::string>();
  }
};
}  // namespace

Result<net::Response> list_settings(Backend& backend, const Call& call) {
  JsonWriter w;
  begin_page(w);
  for (const SettingView& setting : backend.services.settings) {
    w.object().field("key", setting.key).field("value", setting.value);
    w.field("source", setting.source).field("default", setting.fallback);
    w.field("form", setting.form).field("flag", setting.flag).field("variable", setting.variable);
    w.field("about", setting.about.in(call.lang)).end();
  }
  return json_response(end_page(w, ""));
}

Result<net::Response> lint_text(Backend& backend, const Call& call) {
  const std::string given = call.text("name");
  const std::string name = given.empty() ? "workflow" : given;
  spec::Calendars calendars;
  for (const CalendarView& view : backend.services.calendars())
    if (view.calendar) calendars[view.name] = view.calendar;
  const spec::KnownCalendars known{
      calendars, schedule::local_date(schedule::Zone(), backend.services.clock.wall())};
  const spec::LoadResult result =
      spec::load(call.raw_body, name, name + ".yaml", NoFiles(), &known);
  JsonWriter w;
  w.object().field("valid", result.definition.has_value()).key("diagnostics").array();
  for (const spec::Diagnostic& diagnostic : result.diagnostics)
    write_diagnostic(w, diagnostic, call.lang);
  w.end().end();
  return json_response(std::move(w).text());
}

}  // namespace gantry::api
