// JSON Schemas (2020-12, the dialect of OpenAPI 3.1) of what shapes.cpp writes.
#include "api/openapi.h"

namespace gantry::api {

namespace {

constexpr std::string_view kProblem = R"({"type":"object",
"description":"RFC 9457",
"required":["type","status","code","title","detail"],
"properties":{"type":{"type":"string","format":"uri-reference",
"description":"a page of this server that explains it"},"status":{"type":"integer"},
"code":{"type":"string","description":"stable; what programs look at"},
"title":{"type":"string"},"detail":{"type":"string"}}})";

constexpr std::string_view kHealth = R"({"type":"object",
"required":["status","ready","version","started_at","now","engine"],
"properties":{"status":{"enum":["ok","unavailable"]},"ready":{"type":"boolean"},
"version":{"type":"string"},"started_at":{"type":"string","format":"date-time"},
"now":{"type":"string","format":"date-time"},
"engine":{"type":"object","required":["healthy"],"properties":{"healthy":{"type":"boolean"}}}}})";

constexpr std::string_view kPool = R"({"type":"object",
"required":["name","slots","configured","used","queued","set_by","set_at","note"],
"properties":{"name":{"type":"string","description":"'local' are the slots of the server"},
"slots":{"type":"integer","description":"as they are now"},
"configured":{"type":["integer","null"],"description":"as gantry.yaml says; null: it does not"},
"used":{"type":"integer"},"queued":{"type":"integer"},
"set_by":{"type":["string","null"],"description":"who set 'slots'; null: the configuration"},
"set_at":{"type":["string","null"],"format":"date-time"},"note":{"type":["string","null"]}}})";

constexpr std::string_view kRun = R"({"type":"object",
"required":["number","title","workflow","version","state","reason","outcome","rollback","cause",
"trigger","initiator","key","labels","priority","concurrency_key","created_at","scheduled_at",
"date","business_date","data_interval_start","data_interval_end","backfill","event",
"started_at","ended_at","params","message","cancel_requested","quarantined","paused","phase",
"log_removed_at"],
"properties":{"number":{"type":"integer"},"title":{"type":["string","null"]},
"workflow":{"type":"string"},"version":{"type":"integer"},
"state":{"enum":["queued","running","finishing","succeeded","failed","cancelled"]},
"reason":{"type":["string","null"]},"outcome":{"type":["string","null"]},
"rollback":{"type":["string","null"]},
"cause":{"enum":["request","timer","catch_up","local","wrap","backfill","event","webhook","file",
"workflow"]},
"trigger":{"type":["string","null"]},"initiator":{"type":["string","null"]},
"key":{"type":["string","null"]},
"labels":{"type":"object","additionalProperties":{"type":"string"}},"priority":{"type":"integer"},
"concurrency_key":{"type":["string","null"],
"description":"runs of the workflow with the same key share its limit"},
"created_at":{"type":"string","format":"date-time"},
"scheduled_at":{"type":"string","format":"date-time"},
"date":{"type":"string","format":"date","description":"the day it is about"},
"business_date":{"type":"string","format":"date",
"description":"the day before, or the working day before"},
"data_interval_start":{"type":"string","format":"date-time"},
"data_interval_end":{"type":"string","format":"date-time"},
"backfill":{"type":["integer","null"]},"event":{"type":["integer","null"]},
"started_at":{"type":["string","null"],"format":"date-time"},
"ended_at":{"type":["string","null"],"format":"date-time"},"params":{"type":"object"},
"message":{"type":["string","null"]},"cancel_requested":{"type":"boolean"},
"quarantined":{"type":"boolean"},"paused":{"type":"boolean"},
"phase":{"type":"integer","description":"1 as it was made; each retry is one more"},
"log_removed_at":{"type":["string","null"],"format":"date-time",
"description":"when retention removed the logs of its tasks"}}})";

constexpr std::string_view kTask = R"({"type":"object",
"required":["run","task","item","title","state","reason","generation","attempts","exit_code",
"started_at","ended_at","outputs","message","needs","join","pool","retry_limit","allow_failure",
"background",
"finally"],
"properties":{"run":{"type":"integer"},"task":{"type":"string"},
"item":{"type":["string","null"]},"title":{"type":["string","null"]},
"state":{"enum":["pending","queued","running","waiting","succeeded","skipped","failed","cancelled",
"upstream_failed","interrupted"]},
"reason":{"type":["string","null"]},"generation":{"type":"integer"},"attempts":{"type":"integer"},
"exit_code":{"type":["integer","null"]},
"started_at":{"type":["string","null"],"format":"date-time"},
"ended_at":{"type":["string","null"],"format":"date-time"},"outputs":{"type":["object","null"]},
"message":{"type":["string","null"]},"needs":{"type":"array","items":{"type":"string"}},
"join":{"type":["string","null"]},"pool":{"type":["string","null"]},
"retry_limit":{"type":"integer"},"allow_failure":{"type":"boolean"},
"background":{"type":"boolean"},"finally":{"type":"boolean"}}})";

constexpr std::string_view kAttempt = R"({"type":"object",
"required":["id","run","task","item","generation","attempt","worker","state","reason",
"stop_requested","exit_code","signal","begun_at","started_at","ended_at","cpu_us",
"memory_bytes_max","log_bytes","log_dropped_bytes","unkillable","error"],
"properties":{"id":{"type":"string"},"run":{"type":"integer"},"task":{"type":"string"},
"item":{"type":["string","null"]},"generation":{"type":"integer"},"attempt":{"type":"integer"},
"worker":{"type":"integer"},
"state":{"enum":["running","succeeded","failed","timed_out","killed","oom","interrupted",
"not_started"]},
"reason":{"type":["string","null"]},"stop_requested":{"type":"boolean"},
"exit_code":{"type":["integer","null"]},"signal":{"type":["integer","null"]},
"begun_at":{"type":"string","format":"date-time"},
"started_at":{"type":["string","null"],"format":"date-time"},
"ended_at":{"type":["string","null"],"format":"date-time"},"cpu_us":{"type":"integer"},
"memory_bytes_max":{"type":"integer"},"log_bytes":{"type":"integer"},
"log_dropped_bytes":{"type":"integer"},"unkillable":{"type":"boolean"},
"error":{"type":["string","null"]}}})";

constexpr std::string_view kHistoryRecord = R"({"type":"object",
"required":["position","at","actor","run","what","task","item","details"],
"properties":{"position":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"actor":{"type":"string"},"run":{"type":["integer","null"]},"what":{"type":"string"},
"task":{"type":["string","null"]},"item":{"type":["string","null"]},
"details":{"type":"object"}}})";

constexpr std::string_view kWorkflow = R"({"type":"object",
"required":["name","version","hash","enabled","paused","disabled","hold_note","concurrency_limit",
"priority","triggers"],
"properties":{"name":{"type":"string"},"version":{"type":"integer"},"hash":{"type":"string"},
"enabled":{"type":"boolean","description":"as its file says"},"paused":{"type":"boolean"},
"disabled":{"type":"boolean","description":"by a person"},
"hold_note":{"type":["string","null"],"description":"who paused or disabled it, and why"},
"concurrency_limit":{"type":["integer","null"]},
"priority":{"type":"integer"},
"triggers":{"type":"array","items":{"$ref":"#/components/schemas/Trigger"}}}})";

constexpr std::string_view kParam = R"({"type":"object",
"required":["name","type","title","help","required","default","values","min","max","pattern",
"items"],
"properties":{"name":{"type":"string"},
"type":{"enum":["string","int","bool","date","enum","list","decimal","datetime","duration",
"object","person"]},"title":{"type":["string","null"]},
"help":{"type":["string","null"]},"required":{"type":"boolean"},"default":{},
"values":{"type":"array","items":{"type":"string"}},"min":{"type":["integer","string","null"]},
"max":{"type":["integer","string","null"]},"pattern":{"type":["string","null"]},
"items":{"type":["string","null"]}}})";

constexpr std::string_view kDefinitionTask = R"({"type":"object",
"required":["task","title","description","owner","action","needs","join","pool","slots","priority",
"retry_limit","timeout","allow_failure","background","finally"],
"properties":{"task":{"type":"string"},"title":{"type":["string","null"]},
"description":{"type":["string","null"]},"owner":{"type":["string","null"]},
"action":{"type":"string"},"needs":{"type":"array","items":{"type":"string"}},
"join":{"type":"string"},"pool":{"type":["string","null"]},"slots":{"type":"integer"},
"priority":{"type":"integer"},"retry_limit":{"type":"integer"},
"timeout":{"type":["string","null"]},"allow_failure":{"type":"boolean"},
"background":{"type":"boolean"},"finally":{"type":"boolean"}}})";

constexpr std::string_view kWorkflowDetails = R"({"allOf":[
{"$ref":"#/components/schemas/Workflow"},
{"type":"object",
"required":["title","description","owner","labels","timezone","timeout","params","tasks"],
"properties":{"title":{"type":["string","null"]},"description":{"type":["string","null"]},
"owner":{"type":["string","null"]},
"labels":{"type":"object","additionalProperties":{"type":"string"}},
"timezone":{"type":"string"},"timeout":{"type":["string","null"]},
"params":{"type":"array","items":{"$ref":"#/components/schemas/Param"}},
"tasks":{"type":"array","items":{"$ref":"#/components/schemas/DefinitionTask"}}}}]})";

constexpr std::string_view kVersion = R"({"type":"object",
"required":["workflow","version","hash","created_at","actor"],
"properties":{"workflow":{"type":"string"},"version":{"type":"integer"},"hash":{"type":"string"},
"created_at":{"type":"string","format":"date-time"},"actor":{"type":"string"}}})";

constexpr std::string_view kVersionDetails = R"({"type":"object",
"required":["workflow","version","hash","created_at","actor","text","files"],
"properties":{"workflow":{"type":"string"},"version":{"type":"integer"},"hash":{"type":"string"},
"created_at":{"type":"string","format":"date-time"},"actor":{"type":"string"},
"text":{"type":"string","description":"the workflow file as it was"},
"files":{"type":"array","items":{"type":"object","required":["path","hash","executable","bytes"],
"properties":{"path":{"type":"string"},"hash":{"type":"string"},"executable":{"type":"boolean"},
"bytes":{"type":"integer"}}}}}})";

constexpr std::string_view kSetting = R"({"type":"object",
"required":["key","value","source","default","form","flag","variable","about"],
"properties":{"key":{"type":"string","description":"as in gantry.yaml"},
"value":{"type":"string"},
"source":{"type":"string","description":"default, a file and line, a variable or a flag"},
"default":{"type":"string"},"form":{"type":"string"},"flag":{"type":"string"},
"variable":{"type":"string"},"about":{"type":"string"}}})";

constexpr std::string_view kStarted = R"({"type":"object",
"required":["number","workflow","version"],
"properties":{"number":{"type":"integer"},"workflow":{"type":"string"},
"version":{"type":"integer"}}})";

constexpr std::string_view kServerLoad = R"({"type":"object",
"required":["status","paused","version","started_at","now","cpu_us","memory_bytes","threads",
"changes","runs_running","runs_queued","attempts_running","runs_made","attempts_made","pools",
"longest"],
"properties":{"status":{"enum":["ok","unavailable"]},"paused":{"type":"boolean"},
"version":{"type":"string"},"started_at":{"type":"string","format":"date-time"},
"now":{"type":"string","format":"date-time"},
"cpu_us":{"type":"integer","description":"of the server, all its threads, since its start"},
"memory_bytes":{"type":"integer","description":"resident"},"threads":{"type":"integer"},
"changes":{"type":"integer","description":"position of the history: its growth is the rate"},
"runs_running":{"type":"integer"},"runs_queued":{"type":"integer"},
"attempts_running":{"type":"integer"},"runs_made":{"type":"integer","description":"ever"},
"attempts_made":{"type":"integer","description":"ever"},
"pools":{"type":"array","items":{"$ref":"#/components/schemas/Pool"}},
"longest":{"type":"array","description":"the oldest of what runs now",
"items":{"type":"object","required":["run","workflow","task","attempt","begun_at"],
"properties":{"run":{"type":"integer"},"workflow":{"type":"string"},"task":{"type":"string"},
"attempt":{"type":"integer"},"begun_at":{"type":"string","format":"date-time"}}}}}})";

constexpr std::string_view kWrapLog = R"({"type":"object","required":["size_bytes"],
"properties":{"size_bytes":{"type":"integer"}}})";

constexpr std::string_view kCancelled = R"({"type":"object","required":["number"],
"properties":{"number":{"type":"integer"}}})";

constexpr std::string_view kRetried = R"({"type":"object","required":["number","version","phase"],
"properties":{"number":{"type":"integer"},"version":{"type":"integer"},
"phase":{"type":"integer"}}})";

constexpr std::string_view kPhase = R"({"type":"object",
"required":["run","phase","kind","version","initiator","key","from","newest","created_at","state",
"reason","started_at","ended_at"],
"properties":{"run":{"type":"integer"},"phase":{"type":"integer"},
"kind":{"enum":["forward","retry"]},"version":{"type":"integer"},
"initiator":{"type":["string","null"]},"key":{"type":["string","null"]},
"from":{"type":["string","null"]},"newest":{"type":"boolean"},
"created_at":{"type":"string","format":"date-time"},
"state":{"enum":["queued","running","finishing","succeeded","failed","cancelled"]},
"reason":{"type":["string","null"]},
"started_at":{"type":["string","null"],"format":"date-time"},
"ended_at":{"type":["string","null"],"format":"date-time"}}})";

constexpr std::string_view kRunHold = R"({"type":"object","required":["number","paused"],
"properties":{"number":{"type":"integer"},"paused":{"type":"boolean"}}})";

constexpr std::string_view kWorkflowHold = R"({"type":"object","required":["name"],
"properties":{"name":{"type":"string"},"paused":{"type":"boolean"},
"disabled":{"type":"boolean"}}})";

constexpr std::string_view kServerHold = R"({"type":"object","required":["paused"],
"properties":{"paused":{"type":"boolean"}}})";

constexpr std::string_view kCollected = R"({"type":"object",
"required":["dry_run","runs","logs","records","audit","log_folders","workspaces","attempts",
"versions","store_bytes"],
"properties":{"dry_run":{"type":"boolean"},"runs":{"type":"integer"},
"logs":{"type":"integer","description":"runs that stay, without their logs"},
"records":{"type":"integer","description":"of history; 0 in a dry run"},
"audit":{"type":"integer"},
"log_folders":{"$ref":"#/components/schemas/Removed"},
"workspaces":{"$ref":"#/components/schemas/Removed"},
"attempts":{"$ref":"#/components/schemas/Removed"},
"versions":{"$ref":"#/components/schemas/Removed"},
"store_bytes":{"type":"integer","description":"that the store gave back to the disk"}}})";

constexpr std::string_view kRemoved = R"({"type":"object","required":["count","bytes"],
"properties":{"count":{"type":"integer"},"bytes":{"type":"integer"}}})";

constexpr std::string_view kBulkResult = R"({"type":"object","required":["items","more"],
"properties":{"items":{"type":"array","items":{"type":"object",
"required":["number","ok","code","detail"],
"properties":{"number":{"type":"integer"},"ok":{"type":"boolean"},
"code":{"type":["string","null"]},"detail":{"type":["string","null"]}}}},
"more":{"type":"boolean","description":"the filter finds more than the limit"}}})";

constexpr std::string_view kResolved = R"({"type":"object","required":["number","task","as"],
"properties":{"number":{"type":"integer"},"task":{"type":"string"},
"as":{"enum":["succeeded","failed","skipped"]}}})";

constexpr std::string_view kWhy = R"({"type":"object","required":["run","task","reasons"],
"properties":{"run":{"type":"integer"},"task":{"type":["string","null"]},
"reasons":{"type":"array","items":{"type":"string"}}}})";

constexpr std::string_view kLogLine = R"({"type":"object",
"required":["line","at","stream","part","text"],
"properties":{"line":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"stream":{"enum":["stdout","stderr","system"]},
"part":{"type":"boolean","description":"the line goes on in the next one of its stream"},
"text":{"type":"string"}}})";

constexpr std::string_view kLogMatch = R"({"type":"object",
"required":["task","item","generation","attempt","line","at","stream","part","text"],
"properties":{"task":{"type":"string"},"item":{"type":["string","null"]},
"generation":{"type":"integer"},"attempt":{"type":"integer"},
"line":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"stream":{"enum":["stdout","stderr","system"]},"part":{"type":"boolean"},
"text":{"type":"string"}}})";

constexpr std::string_view kDiagnostic = R"({"type":"object",
"required":["file","line","column","severity","code","message","suggestion"],
"properties":{"file":{"type":"string"},"line":{"type":"integer"},"column":{"type":"integer"},
"severity":{"enum":["error","warning","hint"]},"code":{"type":"string"},
"message":{"type":"string"},"suggestion":{"type":["string","null"]}}})";

constexpr std::string_view kFileProblem = R"({"type":"object",
"required":["workflow","diagnostics"],"properties":{"workflow":{"type":["string","null"],
"description":"null: another file of the home, as the diagnostics say"},
"diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}}}})";

constexpr std::string_view kLintResult = R"({"type":"object","required":["valid","diagnostics"],
"properties":{"valid":{"type":"boolean"},
"diagnostics":{"type":"array","items":{"$ref":"#/components/schemas/Diagnostic"}}}})";

constexpr std::string_view kStreamEvents = R"({"type":"string",
"description":"Server-sent events; docs/format/api.md names them and says what their data is."})";
constexpr std::string_view kMe = R"({"type":"object","required":["name","role","via","expires_at"],
"properties":{"name":{"type":"string"},"role":{"enum":["viewer","operator","admin"]},
"via":{"enum":["admin_token","token","session"]},
"expires_at":{"type":["string","null"],"format":"date-time"}}})";

constexpr std::string_view kToken = R"({"type":"object",
"required":["id","name","role","created_at","created_by","expires_at","last_used_at","revoked_at"],
"properties":{"id":{"type":"string"},"name":{"type":"string"},
"role":{"enum":["viewer","operator","admin"]},
"created_at":{"type":"string","format":"date-time"},"created_by":{"type":"string"},
"expires_at":{"type":["string","null"],"format":"date-time"},
"last_used_at":{"type":["string","null"],"format":"date-time","description":"to the minute"},
"revoked_at":{"type":["string","null"],"format":"date-time"},
"token":{"type":"string","description":"only in the answer that makes it"}}})";

constexpr std::string_view kAuditRecord = R"({"type":"object",
"required":["position","at","actor","address","action","target","outcome","details"],
"properties":{"position":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"actor":{"type":"string"},"address":{"type":"string"},"action":{"type":"string"},
"target":{"type":"string"},
"outcome":{"type":"string","description":"ok, or the code of the problem"},
"details":{"type":"object"}}})";

constexpr std::string_view kPerson = R"({"type":"object",
"required":["id","name","roles","manager","contact"],
"properties":{"id":{"type":"string"},"name":{"type":"string"},
"roles":{"type":"array","items":{"type":"string"}},"manager":{"type":["string","null"]},
"contact":{"type":["object","null"],"description":"null: the caller is no admin",
"required":["mail","mobile","im"],"properties":{"mail":{"type":["string","null"]},
"mobile":{"type":["string","null"]},"im":{"type":"object",
"additionalProperties":{"type":"string"}}}}}})";

constexpr std::string_view kLeft = R"({"type":"object"})";

constexpr std::string_view kOpenApi = R"({"type":"object"})";

const std::vector<NamedSchema> kOwn{
    {"Problem", kProblem},
    {"Health", kHealth},
    {"Pool", kPool},
    {"Run", kRun},
    {"Task", kTask},
    {"Attempt", kAttempt},
    {"HistoryRecord", kHistoryRecord},
    {"Workflow", kWorkflow},
    {"Param", kParam},
    {"DefinitionTask", kDefinitionTask},
    {"WorkflowDetails", kWorkflowDetails},
    {"Version", kVersion},
    {"VersionDetails", kVersionDetails},
    {"Setting", kSetting},
    {"Started", kStarted},
    {"WrapLog", kWrapLog},
    {"ServerLoad", kServerLoad},
    {"Cancelled", kCancelled},
    {"Resolved", kResolved},
    {"Retried", kRetried},
    {"BulkResult", kBulkResult},
    {"Phase", kPhase},
    {"RunHold", kRunHold},
    {"WorkflowHold", kWorkflowHold},
    {"ServerHold", kServerHold},
    {"Collected", kCollected},
    {"Removed", kRemoved},
    {"Why", kWhy},
    {"LogLine", kLogLine},
    {"LogMatch", kLogMatch},
    {"Diagnostic", kDiagnostic},
    {"FileProblem", kFileProblem},
    {"LintResult", kLintResult},
    {"StreamEvents", kStreamEvents},
    {"Me", kMe},
    {"Token", kToken},
    {"AuditRecord", kAuditRecord},
    {"Person", kPerson},
    {"SignedOut", kLeft},
    {"OpenApi", kOpenApi},
};

}  // namespace

const std::vector<NamedSchema>& schemas() {
  static const std::vector<NamedSchema> all = [] {
    std::vector<NamedSchema> out = kOwn;
    add_trigger_schemas(out);
    return out;
  }();
  return all;
}

}  // namespace gantry::api
