// What is about the server itself: health, settings, the OpenAPI document; checking a text.
#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"

#include "forms/forms.h"
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
// A text alone: the files beside it are not here.
class NoFiles : public spec::FileSource {
 public:
  Result<model::VersionFile> read(const std::string& path) const override {
    return explain(Code::NotFound,
                   {"'{}' is not here: only the text was sent", "“{}”不在此处：只提交了文本"},
                   path);
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
  const forms::Form form = forms::form_of_text(call.raw_body);
  const std::string file = name + std::string(forms::extension_of(form));
  const spec::LoadResult result = forms::load(call.raw_body, form, name, file, NoFiles(), &known);
  JsonWriter w;
  w.object().field("valid", result.definition.has_value()).key("diagnostics").array();
  for (const spec::Diagnostic& diagnostic : result.diagnostics)
    write_diagnostic(w, diagnostic, call.lang);
  w.end().end();
  return json_response(std::move(w).text());
}

}  // namespace gantry::api
