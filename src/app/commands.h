// The commands. Each takes its options as plain data and returns the exit code; grammar.h
// names them. Results go to standard output, messages to standard error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/home.h"
#include "app/terminal.h"
#include "base/value.h"

namespace gantry::app {

struct Context {
  std::string home_option;
  bool json = false;
  bool quiet = false;
  Terminal terminal;
};

struct ServeOptions {
  std::vector<std::string> settings;  // one per row of settings(); empty: not given
  bool with_examples = false;         // `up`: copy the examples into an empty home
  bool once = false;                  // `up --once`: run the main example, exit with its result
};
struct RunOptions {
  std::string file;
  std::vector<std::string> params;  // "name=value"
};
struct WrapOptions {
  std::string name;
  std::vector<std::string> command;
  std::string timeout;
  std::string grace;
  std::string title;
  std::vector<std::string> labels;  // "name=value"
  bool hand_in = false;             // nothing is run: what waits is handed in
};
struct TriggerOptions {
  std::string workflow;
  std::vector<std::string> params;
  std::string key;
  bool wait = false;
  std::string csv;  // a file, "-" for standard input: a run per row
  bool dry_run = false;
};
struct EmitOptions {
  std::string name;
  std::string data;  // JSON, "@file" or "-"
  std::string key;
};
struct EventsOptions {
  std::string event;  // a number: this one
  std::string name;
  std::string source;
  std::string fate;
  int limit = 20;
};
struct BackfillOptions {
  std::string workflow;
  std::string from, to;
  std::vector<std::string> dates;  // with commas
  std::string days;
  std::string calendar;
  std::string already_run;
  bool reverse = false;
  std::string trigger;
  bool no_trigger = false;
  int parallel = 0;  // 0: as the server has it
  std::vector<std::string> params;
  std::string key;
  bool dry_run = false;
  bool wait = false;
};
struct BackfillsOptions {
  std::string backfill;  // a number: this one
  std::string workflow;
  std::string state;
  std::string fate;
  bool pause = false, resume = false, cancel = false;
  bool running = false;     // with cancel: open runs too
  std::string cancel_date;  // this one
  std::string note;
  int limit = 50;
};
struct RetryOptions {
  std::string run;
  std::string from;
  bool newest = false;
  bool force = false;
  std::string key;
  bool wait = false;
};
struct BulkOptions {
  std::string action;             // cancel or retry
  std::vector<std::string> runs;  // numbers; none: the filter
  std::string workflow;
  std::string state;
  bool newest = false;
  int limit = 0;  // 0: as the server has it
};
struct HoldOptions {
  std::string target;  // a run, a workflow
  bool all = false;    // the server
  std::string note;
};
struct PoolOptions {
  std::string name;    // empty: all are listed
  int slots = -1;      // to be set; -1: not given
  bool reset = false;  // back to the configuration
  std::string note;
};
struct PeopleOptions {
  std::string id;  // empty: all are listed
  std::string role;
};
struct RunsOptions {
  std::string workflow;
  std::string state;
  std::string cause;
  std::vector<std::string> labels;
  bool oldest = false;
  int limit = 20;
};
// One of file, workflow, cron, every.
struct NextOptions {
  std::string file;
  std::string workflow;
  std::string cron;
  std::string every;
  std::string anchor;      // of every
  std::string timezone;    // of cron and of local times
  std::string from;        // empty: now
  std::string calendar;    // of cron and every: a name, or a file
  std::string on_holiday;  // empty: skip
  int count = 5;
  bool local = false;
};
struct EvalOptions {
  std::string expression;           // empty with jsonl
  std::string data;                 // a file; empty: none
  std::vector<std::string> params;  // name=value
  bool jsonl = false;
};
struct GraphOptions {
  std::string file;
  std::string workflow;
  std::string to = "text";
};
struct DiffOptions {
  std::string before;  // a file, NAME or NAME@VERSION
  std::string after;   // the same; empty: see diff()
};
struct InitOptions {
  std::string name;    // of the workflow; empty: hello
  std::string folder;  // empty: the workflows of the home if there is one, else here
};
struct SimulateOptions {
  std::string file;
  std::string script;                // a YAML file of outcomes; empty: none
  std::vector<std::string> params;   // name=value
  std::vector<std::string> failing;  // tasks
  std::vector<std::string> takes;    // TASK=DURATION
  std::string from;                  // when it begins; empty: now
  std::string span;                  // of runs: how long timers are watched; empty: 7d
  int runs = 0;                      // of timers, at most so many; 0: one run, asked for
  int slots = 0;                     // 0: as configured
};
struct ImportOptions {
  std::string file;      // "-": standard input
  std::string user;      // that of the server; empty: who asks
  std::string out;       // folder; empty: the workflows of the home
  std::string timezone;  // cron's; empty: the machine's
  bool system = false;   // the form of /etc/crontab
  bool dry_run = false;
  bool force = false;  // replace files that differ
};
struct LogsOptions {
  std::string run;
  std::string task;
  int attempt = 0;  // 0: the last
  bool follow = false;
  int tail = 0;        // last lines only; 0: all
  std::string since;   // a time, or how long ago
  std::string stream;  // stdout, stderr, system; empty: all
  std::string search;  // a text
  std::string regex;
  bool ignore_case = false;
  bool text = false;    // the bytes of the task as they are
  bool stamps = false;  // with text: as in the file
};
struct DoctorOptions {
  bool check = false;
  std::string witness;
};
struct TokenOptions {
  std::string name;
  std::string role;
  std::string expires;  // "30d"; empty: until it is revoked
};
struct AuditOptions {
  std::string actor;
  std::string action;
  std::string since;
  int limit = 50;
};

struct BackupOptions {
  std::string file;  // empty: named after the time
  bool without_logs = false;
  bool with_secrets = false;
};
struct RestoreCommandOptions {
  std::string file;
  bool force = false;
};

int serve(const Context& context, const ServeOptions& options);
int run_file(const Context& context, const RunOptions& options);
int wrap(const Context& context, const WrapOptions& options);
int lint(const Context& context, const std::vector<std::string>& files);
int doctor(const Context& context, const DoctorOptions& options);
int version(const Context& context);
int schema(const Context& context);
int config(const Context& context, const std::string& key);  // empty: every setting
// The words name a command, or a topic (topics.h), "exit-codes", "topics"; none: the overview.
int help(const Context& context, const std::vector<std::string>& words, bool all);
int completion(const std::string& shell);  // bash, zsh or fish
int complete_words(const Context& context, const std::vector<std::string>& words);

int trigger(const Context& context, const TriggerOptions& options);
int trigger_csv(const Context& context, const TriggerOptions& options);
int runs(const Context& context, const RunsOptions& options);
int show(const Context& context, const std::string& run);
int tree(const Context& context, const std::string& run);
int logs(const Context& context, const LogsOptions& options);
int why(const Context& context, const std::string& run, const std::string& task);
int missed(const Context& context, const std::string& workflow);
int cancel(const Context& context, const std::string& run);
int retry(const Context& context, const RetryOptions& options);
int bulk(const Context& context, const BulkOptions& options);
int pools(const Context& context, const PoolOptions& options);
int people(const Context& context, const PeopleOptions& options);
int watch(const Context& context, const std::string& run);  // empty: all runs
int top(const Context& context, bool once);
int emit_event(const Context& context, const EmitOptions& options);
int events(const Context& context, const EventsOptions& options);
int backfill(const Context& context, const BackfillOptions& options);
int backfills(const Context& context, const BackfillsOptions& options);
int phases(const Context& context, const std::string& run);
// verb: pause, resume, disable or enable
int hold(const Context& context, const std::string& verb, const HoldOptions& options);
int resolve(const Context& context, const std::string& run, const std::string& task,
            const std::string& as);
int workflows(const Context& context, const std::string& prefix);
int next(const Context& context, const NextOptions& options);
int eval(const Context& context, const EvalOptions& options);
int diff(const Context& context, const DiffOptions& options);
int init(const Context& context, const InitOptions& options);
int simulate(const Context& context, const SimulateOptions& options);
int graph(const Context& context, const GraphOptions& options);
int import_crontab(const Context& context, const ImportOptions& options);
int history(const Context& context, const std::string& run);
int token_create(const Context& context, const TokenOptions& options);
int token_list(const Context& context);
int token_revoke(const Context& context, const std::string& token);
int audit(const Context& context, const AuditOptions& options);
int backup(const Context& context, const BackupOptions& options);
int restore(const Context& context, const RestoreCommandOptions& options);
int gc(const Context& context, bool dry_run);

// "gantry: MESSAGE" on standard error, in the reader's language, with the page that explains it;
// the exit code that belongs to it. complain.cpp
int complain(const Error& error);
// {"a": "1"} from "a=1".
Result<ValueMap> parse_params(const std::vector<std::string>& params);

}  // namespace gantry::app
