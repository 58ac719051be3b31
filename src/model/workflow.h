// A workflow as its author wrote it: plain data, checked and with defaults applied by spec.
// Text members marked (template) may hold ${{ expressions }}; spec has checked that they parse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/item_path.h"
#include "base/limits.h"
#include "base/rare.h"
#include "base/time.h"
#include "base/value.h"

namespace gantry::model {

using NamedText = std::pair<std::string, std::string>;

// The rules of Airflow's trigger_rule plus `always`; the table is in docs/format/workflow.md.
enum class JoinRule : std::uint8_t {
  AllSuccess,
  AllFailed,
  AllDone,
  AllDoneMinOneSuccess,
  AllSkipped,
  OneSuccess,
  OneFailed,
  OneDone,
  NoneFailed,
  NoneFailedMinOneSuccess,
  NoneSkipped,
  Always,
};
inline constexpr int kJoinRuleCount = 12;

enum class ParamType : std::uint8_t {
  String,
  Int,
  Bool,
  Date,
  Enum,
  List,
  Decimal,   // kept as exact text; a double in expressions
  Datetime,  // a timestamp
  Duration,
  Object,  // a map of JSON
  Person,  // an id of people.yaml
};
inline constexpr int kParamTypeCount = 11;

struct Param {
  std::string name;
  ParamType type = ParamType::String;
  std::string title;
  std::string help;
  bool required = false;
  std::optional<Value> fallback;    // `default`; a string may be a template
  std::vector<std::string> values;  // of an enum
  std::optional<std::int64_t> min;  // of an int: the value; of a string, list or object: the size
  std::optional<std::int64_t> max;
  // Of a date, decimal, datetime or duration, as written: "2026-01-31", "0.10", "1h".
  std::optional<std::string> low;
  std::optional<std::string> high;
  std::string pattern;                  // of a string: RE2, of the whole text; empty = none
  ParamType items = ParamType::String;  // of a list; see is_item_type()
  bool operator==(const Param&) const = default;
};

// What the items of a list may be: types that a short text can stand for.
bool is_item_type(ParamType type);

struct RetryPolicy {
  int limit = 0;  // number of re-tries after the first try
  Duration delay = seconds(5);
  double backoff = 1;
  std::optional<Duration> max_delay;
  double jitter = 0;      // 0..1: the delay varies by up to this share, up or down
  std::string condition;  // `if`: CEL over exit_code, signal, stderr, error; empty = always
  bool operator==(const RetryPolicy&) const = default;
};

enum class OnInterrupt : std::uint8_t {
  Default,
  Retry,
  Fail,
  Ask
};  // Default: retry if retry.limit > 0

enum class ActionKind : std::uint8_t { Pass, Run, Exec, Switch, Group, Wait };
constexpr bool has_process(ActionKind kind) {
  return kind == ActionKind::Run || kind == ActionKind::Exec;
}

// What becomes of a new run when as many as the limit are open already.
enum class Conflict : std::uint8_t {
  Queue,          // it waits
  Skip,           // it is not made
  CancelRunning,  // the oldest are cancelled; it starts when they have ended
};
std::string_view name_of(Conflict conflict);
std::optional<Conflict> conflict_of(std::string_view name);

// How the run of the timer's firing before must have ended for a timer's run to start.
enum class AfterPrevious : std::uint8_t {
  Any,  // it does not matter
  Succeeded,
  Done,
};
std::string_view name_of(AfterPrevious rule);  // "any", "succeeded", "done"
std::optional<AfterPrevious> after_previous_of(std::string_view name);

struct Action {
  ActionKind kind = ActionKind::Pass;
  std::string script;             // of Run; never a template
  std::string shell;              // of Run; empty = bash -euo pipefail
  std::vector<std::string> argv;  // of Exec (template)
  bool operator==(const Action&) const = default;
};

// The folder of the workflows that stand for wrapped commands (gantry wrap). No file may be of it.
inline constexpr std::string_view kWrapFolder = "wrap/";

struct SourcePlace {
  int line = 0;  // 1-based; 0 = unknown
  int column = 0;
  bool operator==(const SourcePlace&) const = default;
};

// What a task says about itself, for people.
struct About {
  std::string title;  // (template)
  std::string description;
  std::string owner;
  bool operator==(const About&) const = default;
};

// What the process of a task finds.
struct Setup {
  std::vector<NamedText> env;        // (template)
  std::vector<std::string> secrets;  // names; in the environment under the same name
  std::string workdir;               // (template) relative to the run's workspace; empty = it
  bool operator==(const Setup&) const = default;
};

// What a task hands on besides what its process writes to $GANTRY_OUTPUT.
struct Outputs {
  std::vector<NamedText> values;  // (expression)
  bool operator==(const Outputs&) const = default;
};

// When a task is skipped that its join rule would let run.
struct Skipping {
  std::string when;             // (expression) unless it is true; empty = no condition
  std::vector<int> exit_codes;  // of a process that says so itself
  bool operator==(const Skipping&) const = default;
};

// One way on from a switch.
struct Arm {
  std::string when;             // (expression) empty = otherwise
  std::vector<TaskIndex> then;  // tasks that need the switch
  bool operator==(const Arm&) const = default;
};

// When a foreach gives up before all its items are decided.
struct Threshold {
  int failed = 0;   // so many failures; 0 = not counted
  double rate = 0;  // this share of what is decided, 0..1; 0 = not counted
  int min = 1;      // of rate: not before so many are decided
  bool operator==(const Threshold&) const = default;
};

// One item per element of a list.
struct Foreach {
  std::string list;                           // (template) gives the list; empty: `items`
  Value items;                                // as it was written, if it was
  std::string as;                             // another name of `item` in expressions
  int max_parallel = limits::kForeachWindow;  // items at once
  int tolerated = 0;                          // failures with which it succeeds all the same
  Threshold threshold;
  bool operator==(const Foreach&) const = default;

  bool exists() const { return !list.empty() || !items.is(Value::Kind::Null); }
};

// Again and again, until a condition holds.
struct Repeat {
  std::string until;  // (expression) empty = no repeat
  Duration every;     // from the end of one round to the begin of the next
  int limit = limits::kRoundsDefault;
  bool operator==(const Repeat&) const = default;
};

// What decides which tasks run, and how often.
struct Flow {
  std::vector<Arm> arms;  // of a switch
  Foreach foreach;
  Repeat repeat;
  bool operator==(const Flow&) const = default;
};

// What a task without a process waits for; it holds no slot meanwhile. One of the first four.
struct Wait {
  std::string span;   // `for` (template): a duration
  std::string until;  // (template) a timestamp, or a text that schedule::moment_of knows
  std::string when;   // (expression) asked again and again
  std::string event;  // the name of an event of Emit
  std::string match;  // (expression) over that; empty = every one
  Duration every = limits::kLookEveryDefault;  // of `when`
  std::optional<Duration> timeout;
  bool skips = false;  // at the timeout; else it fails
  bool operator==(const Wait&) const = default;
};

inline constexpr TaskIndex kNoTask{0xffffffff};

// "unpack" of "prepare.unpack": ids hold no dot.
inline std::string_view local_name(std::string_view task_name) {
  const std::size_t dot = task_name.rfind('.');
  return dot == std::string_view::npos ? task_name : task_name.substr(dot + 1);
}

// A workflow may have 100,000 of them, so what most leave out takes little room.
//
// The tasks of a group follow it in the list, those of a group within it among them.
struct Task {
  std::string name;              // of a task in a group: "GROUP.TASK"
  std::vector<TaskIndex> needs;  // of the same section (tasks, finally) and group
  TaskIndex group = kNoTask;     // in which it stands
  std::uint32_t span = 1;        // it and the tasks in it
  JoinRule join = JoinRule::AllSuccess;
  OnInterrupt on_interrupt = OnInterrupt::Default;
  bool is_finally = false;
  bool background = false;
  bool allow_failure = false;
  int priority = 0;  // higher first
  int slots = 1;     // of the pool
  std::string pool;  // empty = only the local slots limit it
  Action action;
  Rare<About> about;
  Rare<Setup> setup;
  Rare<RetryPolicy> retry;
  Rare<Skipping> skipping;
  Rare<Flow> flow;
  Rare<Outputs> outputs;
  Rare<Wait> wait;
  Duration grace = limits::kGraceDefault;
  std::optional<Duration> timeout;
  std::optional<Duration> every;  // of a background task: one attempt per period
  SourcePlace place;
  bool operator==(const Task&) const = default;
};

enum class TriggerKind : std::uint8_t { Cron, Every, At, File, Webhook, Event, Workflow };

// What becomes of a firing on a day off of the trigger's calendar.
enum class OnHoliday : std::uint8_t {
  Skip,
  Before,  // it moves to the working day before, at the same time of day
  After,
};

// What is made up for after the server was down, or the timer held.
struct CatchUp {
  enum class Policy : std::uint8_t { None, Latest, All };
  Policy policy = Policy::Latest;
  Duration window = hours(24);  // firings older than this are not made
  int max = 100;                // of All: at most so many, the newest
  bool operator==(const CatchUp&) const = default;
};

// What only some timers say.
struct TimerDetails {
  std::optional<Instant> start;  // no firing before
  std::optional<Instant> end;    // none after
  Duration jitter;               // fires later by a share of this that the trigger's name decides
  std::string calendar;          // empty: every day counts
  OnHoliday on_holiday = OnHoliday::Skip;
  CatchUp catch_up;
  bool operator==(const TimerDetails&) const = default;
};

struct FileSource {
  std::string path;  // absolute, a pattern
  Duration settle;   // a file is taken when it has not changed for so long
  bool batch = false;
  bool operator==(const FileSource&) const = default;
};

enum class HookAuth : std::uint8_t { Hmac, GitHub, GitLab, Alertmanager, Token };

struct HookSource {
  std::string name;  // POST /hooks/NAME
  HookAuth auth = HookAuth::Hmac;
  std::string secret;  // the name of a file in secrets/
  bool operator==(const HookSource&) const = default;
};

struct EventSource {
  std::string name;
  bool operator==(const EventSource&) const = default;
};

// Runs of other workflows that have ended.
struct CompletionSource {
  std::vector<std::string> workflows;
  bool all = false;        // all of them, not one
  bool same_date = false;  // of `all`: runs of the same date
  bool succeeded = true;   // which ends count
  bool failed = false;
  bool cancelled = false;
  bool operator==(const CompletionSource&) const = default;
};

// What only triggers have that are no timers.
struct SourceDetails {
  FileSource file;
  HookSource hook;
  EventSource event;
  CompletionSource completion;
  std::string match;  // CEL over `event`; empty = every one
  bool operator==(const SourceDetails&) const = default;
};

struct Trigger {
  std::string id;  // as written, else derived from its text
  TriggerKind kind = TriggerKind::Cron;
  std::string cron;
  Duration every;
  std::optional<Instant> from;  // anchor of every
  std::optional<Instant> at;
  std::string timezone;  // never empty: the workflow's if not its own
  bool enabled = true;
  ValueMap params;  // overrides
  Rare<TimerDetails> timer;
  Rare<SourceDetails> source;
  bool operator==(const Trigger&) const = default;
};

// Cron, Every and At fire by the clock, the others when something happens.
bool is_timer(TriggerKind kind);

// Null if there is none with this id.
const Trigger* find_trigger(const std::vector<Trigger>& triggers, std::string_view id);

// Whether a task may run more than once in a phase of a run, apart from its own retries: it
// repeats, runs in the background, or is in a group that repeats or retries.
bool begins_again(const std::vector<Task>& tasks, const Task& task);
// How many foreach it is in, itself included.
int loops_around(const std::vector<Task>& tasks, const Task& task);

struct Workflow {
  std::string name;   // a path: "finance/nightly-sales"
  std::string title;  // (template) of each run
  std::string description;
  std::string owner;
  std::vector<NamedText> labels;
  std::string timezone = "UTC";
  bool enabled = true;
  std::vector<Param> params;
  std::vector<NamedText> env;        // (template)
  std::vector<std::string> secrets;  // names of files in secrets/
  std::optional<Duration> timeout;   // active time of a run
  int concurrency_limit = 0;         // open runs at once; 0 = no limit
  std::string concurrency_key;       // (template) runs of the same key share the limit
  Conflict conflict = Conflict::Queue;
  AfterPrevious after_previous = AfterPrevious::Any;
  bool fail_fast = false;  // the first failure ends the other tasks
  int priority = 0;
  std::vector<Trigger> triggers;
  std::vector<Task> tasks;  // those of `tasks`, then those of `finally`, in the order of the file
  bool operator==(const Workflow&) const = default;

  std::optional<TaskIndex> find_task(std::string_view task_name) const;  // linear
};

// One file that belongs to a version besides the YAML.
struct VersionFile {
  std::string path;  // relative to the workflow's folder; stays inside it
  std::string hash;  // sha256 of the content, hex
  bool executable = false;
  std::string content;
  bool operator==(const VersionFile&) const = default;
};

// The environment variable of a param: "business-date" -> "PARAM_BUSINESS_DATE".
std::string param_variable(std::string_view param);

// What a loader hands over: the model and the text and files it came from.
struct Definition {
  Workflow workflow;
  std::string text;  // the YAML
  std::vector<VersionFile> files;
  std::string hash;  // sha256 over text and files; identifies the version
  bool operator==(const Definition&) const = default;
};

}  // namespace gantry::model
