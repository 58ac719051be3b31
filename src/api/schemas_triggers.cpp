// JSON Schemas of what starts runs: triggers, calendars, events, backfills.
#include "api/openapi.h"

namespace gantry::api {

namespace {

constexpr std::string_view kTrigger = R"({"type":"object",
"required":["id","kind","cron","every","timezone","enabled","at","start","end","jitter","catchup",
"handled_until","failed_run"],
"properties":{"id":{"type":"string"},
"kind":{"enum":["cron","every","at","file","webhook","event","workflow"]},
"cron":{"type":["string","null"]},"every":{"type":["string","null"]},"timezone":{"type":"string"},
"enabled":{"type":"boolean"},"at":{"type":["string","null"],"format":"date-time"},
"start":{"type":["string","null"],"format":"date-time",
"description":"the first instant it fires for"},
"end":{"type":["string","null"],"format":"date-time","description":"it fires for no later one"},
"jitter":{"type":["string","null"]},
"catchup":{"type":["object","null"],"description":"of timers","required":["policy","window","max"],
"properties":{"policy":{"enum":["none","latest","all"]},"window":{"type":"string"},
"max":{"type":"integer"}}},
"handled_until":{"type":["string","null"],"format":"date-time"},
"failed_run":{"type":["integer","null"],"description":"after_previous: succeeded waits for it"}}})";

constexpr std::string_view kMissed = R"({"type":"object",
"required":["trigger","first","last","count","reason"],
"properties":{"trigger":{"type":"string"},"first":{"type":"string","format":"date-time"},
"last":{"type":"string","format":"date-time"},"count":{"type":"integer"},
"reason":{"enum":["late","refused","skipped"]}}})";

constexpr std::string_view kCalendar = R"({"type":"object",
"required":["name","description","built_in","live","years","diagnostics"],
"properties":{"name":{"type":"string"},"description":{"type":"string"},
"built_in":{"type":"boolean"},
"live":{"type":"boolean","description":"false: no text of it was good so far"},
"years":{"type":["array","null"],"items":{"type":"integer"},
"description":"it is complete for these; null: for all"},
"diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}}}})";

constexpr std::string_view kCalendarDay = R"({"type":"object",
"required":["date","kind","working","name","source"],
"properties":{"date":{"type":"string","format":"date"},
"kind":{"enum":["workday","day_off","holiday","make_up"]},"working":{"type":"boolean"},
"name":{"type":"string"},"source":{"type":"string","description":"the calendar that lists it"}}})";

constexpr std::string_view kCalendarYear = R"({"type":"object",
"required":["name","description","built_in","live","years","diagnostics","year","known","days"],
"properties":{"name":{"type":"string"},"description":{"type":"string"},
"built_in":{"type":"boolean"},"live":{"type":"boolean"},
"years":{"type":["array","null"],"items":{"type":"integer"}},
"diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}},
"year":{"type":"integer"},
"known":{"type":"boolean","description":"false: its week counts in this year"},
"days":{"type":"array","items":{"$ref":"#/components/schemas/CalendarDay"}}}})";

constexpr std::string_view kEventSummary = R"({"type":"object",
"required":["event","source","name","keys","at","actor","fates"],
"properties":{"event":{"type":"integer"},"source":{"enum":["emit","webhook","file","workflow"]},
"name":{"type":"string"},"keys":{"type":"array","items":{"type":"string"},
"description":"what makes it one of a kind: delivery ids"},
"at":{"type":"string","format":"date-time"},"actor":{"type":["string","null"]},
"fates":{"type":"array","description":"one per trigger that listens","items":{"type":"object",
"required":["workflow","trigger","fate","run","reason"],
"properties":{"workflow":{"type":["string","null"]},"trigger":{"type":["string","null"]},
"fate":{"enum":["run","filtered","skipped","refused","waiting","nobody"]},
"run":{"type":["integer","null"]},"reason":{"type":["string","null"]}}}}}})";

constexpr std::string_view kEvent = R"({"type":"object",
"required":["event","source","name","keys","at","actor","fates","data"],
"properties":{"event":{"type":"integer"},"source":{"enum":["emit","webhook","file","workflow"]},
"name":{"type":"string"},"keys":{"type":"array","items":{"type":"string"},
"description":"what makes it one of a kind: delivery ids"},
"at":{"type":"string","format":"date-time"},"actor":{"type":["string","null"]},
"fates":{"type":"array","description":"one per trigger that listens","items":{"type":"object",
"required":["workflow","trigger","fate","run","reason"],
"properties":{"workflow":{"type":["string","null"]},"trigger":{"type":["string","null"]},
"fate":{"enum":["run","filtered","skipped","refused","waiting","nobody"]},
"run":{"type":["integer","null"]},"reason":{"type":["string","null"]}}}},
"data":{"description":"'event' in expressions"}}})";

constexpr std::string_view kDelivered = R"({"type":"object","required":["event","duplicate"],
"properties":{"event":{"type":"integer"},
"duplicate":{"type":"boolean","description":"it was delivered before, as this event"}}})";

constexpr std::string_view kNextFirings = R"({"type":"object","required":["workflow","triggers"],
"properties":{"workflow":{"type":"string"},"triggers":{"type":"array",
"items":{"type":"object","required":["trigger","timezone","idle","firings","skipped","calendar",
"unknown_years"],"properties":{"calendar":{"type":["string","null"]},
"unknown_years":{"type":"array","items":{"type":"integer"},
"description":"of the firings; the calendar has no holidays of them"},
"trigger":{"type":"string"},"timezone":{"type":"string"},
"idle":{"type":["string","null"],"enum":["trigger_disabled","workflow_disabled",
"workflow_paused","server_paused","calendar_missing","ended",null],
"description":"why there are no firings"},
"firings":{"type":"array","items":{"type":"object","required":["at","scheduled_at"],
"properties":{"at":{"type":"string","format":"date-time","description":"when it fires"},
"scheduled_at":{"type":"string","format":"date-time",
"description":"the instant that the schedule names"}}}},
"skipped":{"type":"array","description":"days that the calendar has off before the last of these",
"items":{"type":"object","required":["date","holiday","name","calendar"],
"properties":{"date":{"type":"string","format":"date"},
"holiday":{"type":"boolean","description":"false: the week has it off"},
"name":{"type":"string"},
"calendar":{"type":"string","description":"the one that says so"}}}}}}}}})";

constexpr std::string_view kBackfill = R"({"type":"object",
"required":["backfill","workflow","trigger","params","parallel","state","note","key","created_by",
"created_at","ended_at","dates"],
"properties":{"backfill":{"type":"integer"},"workflow":{"type":"string"},
"trigger":{"type":["string","null"],"description":"whose params and times of day count"},
"params":{"type":"object"},"parallel":{"type":"integer","description":"runs at once"},
"state":{"enum":["running","paused","finished","cancelled"]},
"note":{"type":["string","null"],"description":"who paused or cancelled it, or why it stopped"},
"key":{"type":["string","null"]},"created_by":{"type":"string"},
"created_at":{"type":"string","format":"date-time"},
"ended_at":{"type":["string","null"],"format":"date-time",
"description":"null: a date is open, or will be"},
"dates":{"type":"object","description":"how many, by what became of them",
"required":["total","pending","running","succeeded","failed","cancelled","skipped","refused"],
"properties":{"total":{"type":"integer"},"pending":{"type":"integer"},
"running":{"type":"integer"},"succeeded":{"type":"integer"},"failed":{"type":"integer"},
"cancelled":{"type":"integer"},"skipped":{"type":"integer"},"refused":{"type":"integer"}}}}})";

constexpr std::string_view kBackfillDate = R"({"type":"object",
"required":["date","fate","run","message"],
"properties":{"date":{"type":"string","format":"date"},
"fate":{"enum":["pending","running","succeeded","failed","cancelled","skipped","refused"]},
"run":{"type":["integer","null"],"description":"of a skipped date the run of before"},
"message":{"type":["string","null"],"description":"why it is skipped or refused"}}})";

constexpr std::string_view kBackfillPlan = R"({"type":"object",
"required":["workflow","trigger","dates","warnings"],
"properties":{"workflow":{"type":"string"},"trigger":{"type":["string","null"]},
"warnings":{"type":"array","description":"what may not be expected","items":{"type":"string"}},
"dates":{"type":"array","description":"in the order in which they would be run",
"items":{"type":"object","required":["date","fate","run","message"],
"properties":{"date":{"type":"string","format":"date"},"fate":{"enum":["pending","skipped"]},
"run":{"type":["integer","null"]},"message":{"type":["string","null"]}}}}}})";

constexpr std::string_view kCsvPlan = R"({"type":"object",
"required":["workflow","valid","errors","errors_count","items"],
"properties":{"workflow":{"type":"string"},"valid":{"type":"boolean"},
"errors":{"type":"array","description":"the first 100","items":{"type":"object",
"required":["line","column","detail"],"properties":{"line":{"type":"integer"},
"column":{"type":"integer","description":"of characters"},"detail":{"type":"string"}}}},
"errors_count":{"type":"integer"},
"items":{"type":"array","description":"the rows without errors","items":{"type":"object",
"required":["line","key","params","run"],"properties":{"line":{"type":"integer"},
"key":{"type":"string"},"params":{"type":"object","description":"as given, by their types"},
"run":{"type":["integer","null"],"description":"that has been started with the key"}}}}}})";

constexpr std::string_view kCsvStarted = R"({"type":"object",
"required":["workflow","started","existing","refused","items"],
"properties":{"workflow":{"type":"string"},"started":{"type":"integer"},
"existing":{"type":"integer","description":"rows that had been started before"},
"refused":{"type":"integer"},"items":{"type":"array","items":{"type":"object",
"required":["line","key","outcome","run","code","detail"],
"properties":{"line":{"type":"integer"},"key":{"type":"string"},
"outcome":{"enum":["started","existing","refused"]},"run":{"type":["integer","null"]},
"code":{"type":["string","null"]},"detail":{"type":["string","null"]}}}}}})";

constexpr std::string_view kBackfillBegun = R"({"type":"object",
"required":["backfill","workflow","dates","skipped","warnings"],
"properties":{"backfill":{"type":"integer"},"workflow":{"type":"string"},
"warnings":{"type":"array","description":"what may not be expected","items":{"type":"string"}},
"dates":{"type":"integer","description":"all of them"},"skipped":{"type":"integer"}}})";

constexpr std::string_view kBackfillHold = R"({"type":"object","required":["backfill","state"],
"properties":{"backfill":{"type":"integer"},
"state":{"enum":["running","paused","cancelled"]}}})";

constexpr std::string_view kDateCancelled = R"({"type":"object","required":["backfill","date"],
"properties":{"backfill":{"type":"integer"},"date":{"type":"string","format":"date"}}})";
}  // namespace

void add_trigger_schemas(std::vector<NamedSchema>& out) {
  const std::vector<NamedSchema> own{
      {"Trigger", kTrigger},
      {"Missed", kMissed},
      {"Calendar", kCalendar},
      {"CalendarDay", kCalendarDay},
      {"CalendarYear", kCalendarYear},
      {"EventSummary", kEventSummary},
      {"Event", kEvent},
      {"Delivered", kDelivered},
      {"NextFirings", kNextFirings},
      {"Backfill", kBackfill},
      {"BackfillDate", kBackfillDate},
      {"BackfillPlan", kBackfillPlan},
      {"BackfillBegun", kBackfillBegun},
      {"CsvPlan", kCsvPlan},
      {"CsvStarted", kCsvStarted},
      {"BackfillHold", kBackfillHold},
      {"DateCancelled", kDateCancelled},
  };
  out.insert(out.end(), own.begin(), own.end());
}

}  // namespace gantry::api
