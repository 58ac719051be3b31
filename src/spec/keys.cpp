#include "spec/keys.h"

namespace gantry::spec {

namespace {
using Names = std::string_view[];

constexpr Names kWorkflowKnown = {"title",   "description", "owner",    "labels",   "timezone",
                                  "enabled", "params",      "env",      "secrets",  "files",
                                  "timeout", "concurrency", "priority", "defaults", "triggers",
                                  "tasks",   "finally"};
constexpr Names kWorkflowLater = {"after_previous", "fail_fast", "deadline", "rollback",
                                  "guard",          "alerts",    "metrics",  "retention"};

constexpr Names kDefaultsKnown = {"retry", "timeout", "grace",   "pool",         "slots",   "env",
                                  "shell", "workdir", "secrets", "on_interrupt", "priority"};
constexpr Names kDefaultsLater = {"user", "executor", "resources", "skip_exit_codes"};

constexpr Names kConcurrencyKnown = {"limit", "key", "conflict"};

constexpr Names kTaskKnown = {
    "title",    "description", "owner",   "needs",      "join",          "trigger_rule",
    "run",      "shell",       "exec",    "pass",       "env",           "secrets",
    "workdir",  "retry",       "timeout", "grace",      "allow_failure", "on_interrupt",
    "priority", "pool",        "slots",   "background", "every"};
constexpr Names kTaskLater = {"when",
                              "switch",
                              "foreach",
                              "as",
                              "max_parallel",
                              "threshold",
                              "tolerate",
                              "repeat",
                              "tasks",
                              "user",
                              "outputs",
                              "resources",
                              "skip_exit_codes",
                              "executor",
                              "undo",
                              "snapshot",
                              "pivot",
                              "http",
                              "sql",
                              "file",
                              "workflow",
                              "approval",
                              "todo",
                              "wait",
                              "notify"};

constexpr Names kRetryKnown = {"limit", "delay", "backoff", "max_delay", "jitter", "if"};
constexpr Names kRetryLater = {"undo"};

constexpr Names kParamKnown = {"type",   "default", "title", "help", "required",
                               "values", "min",     "max",   "items"};
constexpr Names kParamLater = {"pattern"};

constexpr Names kTriggerKnown = {"id", "cron", "every", "from", "timezone", "enabled", "params"};
constexpr Names kTriggerLater = {"at",       "file",       "webhook", "event",  "workflow", "alert",
                                 "calendar", "on_holiday", "catchup", "jitter", "start",    "end"};
}  // namespace

const KeySet kWorkflowKeys{"a workflow", kWorkflowKnown, kWorkflowLater};
const KeySet kDefaultsKeys{"`defaults`", kDefaultsKnown, kDefaultsLater};
const KeySet kConcurrencyKeys{"`concurrency`", kConcurrencyKnown, {}};
const KeySet kTaskKeys{"a task", kTaskKnown, kTaskLater};
const KeySet kRetryKeys{"`retry`", kRetryKnown, kRetryLater};
const KeySet kParamKeys{"a param", kParamKnown, kParamLater};
const KeySet kTriggerKeys{"a trigger", kTriggerKnown, kTriggerLater};
const KeySet kNoKeys{"`pass`", {}, {}};

}  // namespace gantry::spec
