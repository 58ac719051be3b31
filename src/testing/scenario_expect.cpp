// What `expect` compares: the rows of the store, the world, and what the core says.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "core/fold.h"
#include "core/why.h"
#include "testing/scenario_bench.h"

namespace gantry::testing {

namespace {

template <typename Actual>
Status same(const std::string& what, const Actual& actual, const std::string& expected) {
  const std::string text = fmt::format("{}", actual);
  if (text == expected) return ok();
  return invalid(fmt::format("{} is '{}', expected '{}'", what, text, expected));
}

// Compares an option if it is given.
template <typename Actual>
Status same_option(Line& line, const std::string& name, const Actual& actual) {
  if (!line.has(name)) return ok();
  return same(name, actual, line.take(name));
}

Status holds(const std::string& what, const std::string& actual, const std::string& part) {
  if (actual.find(part) != std::string::npos) return ok();
  return invalid(fmt::format("{} is '{}', which does not hold '{}'", what, actual, part));
}

Result<RunNo> run_no(const std::string& text) {
  auto value = parse_json(text);
  if (!value.ok() || !value->is(Value::Kind::Int))
    return invalid(fmt::format("'{}' is no number of a run", text));
  return RunNo{value->as_int()};
}

}  // namespace

Status ScenarioBench::expect(Line& line) {
  const std::string& what = line.word(1);
  if (what == "run") return expect_run(line);
  if (what == "task") return expect_task(line);
  if (what == "running" || what == "queued" || what == "stopping") return expect_names(line);
  if (what == "why") return expect_why(line);
  if (what == "missed") return expect_missed(line);
  if (what == "history") return expect_history(line);
  if (what == "runs" || what == "open") return expect_number(line);
  if (what == "wake") return expect_wake(line);
  if (what == "start") return expect_start(line);
  if (what == "phase") return expect_phase(line);
  return invalid(fmt::format("nothing is known of 'expect {}'", what));
}

Status ScenarioBench::expect_run(Line& line) {
  TRY(const RunNo no, run_no(line.word(2)));
  const auto run = disk([no](store::MemoryState& s) -> std::optional<store::MemoryRun> {
    const auto found = s.runs.find(no);
    if (found == s.runs.end()) return std::nullopt;
    return found->second;
  });
  if (!run) return invalid(fmt::format("there is no run {}", no.value));
  TRY_STATUS(same(fmt::format("run {}", no.value), model::name_of(run->row.state), line.word(3)));
  TRY_STATUS(same_option(line, "reason", model::name_of(run->row.reason)));
  TRY_STATUS(same_option(line, "version", run->origin->version_number));
  TRY_STATUS(same_option(line, "phase", run->row.phase));
  TRY_STATUS(same_option(line, "cause", model::name_of(run->origin->cause)));
  TRY_STATUS(same_option(line, "title", run->origin->title));
  TRY_STATUS(same_option(line, "workflow", run->origin->workflow_name));
  if (line.has("scheduled")) {
    TRY(const Instant at, parse_instant(line.take("scheduled")));
    TRY_STATUS(same("scheduled", format_instant(run->origin->scheduled_at), format_instant(at)));
  }
  if (line.has("message")) TRY_STATUS(holds("message", run->row.message, line.take("message")));
  if (!line.has("params")) return ok();
  // As JSON has them: there are times and durations among them.
  const std::string params = to_json(Value(run->origin->params));
  TRY(const Value seen, parse_json(params));
  if (seen == value_of(line.take("params"))) return ok();
  return invalid("its params are " + params);
}

Status ScenarioBench::expect_task(Line& line) {
  TRY(const Place at, place(line.word(2)));
  const auto row = disk([&at](store::MemoryState& s) -> std::optional<model::TaskRow> {
    const auto run = s.runs.find(at.run);
    if (run == s.runs.end()) return std::nullopt;
    const auto named = split_item(at.task);
    if (!named) return std::nullopt;
    const auto index = s.versions.at(run->second.origin->version)
                           .stored.definition->workflow.find_task(named->task);
    if (!index) return std::nullopt;
    const auto task = run->second.tasks.find({*index, named->item});
    return task == run->second.tasks.end() ? model::TaskRow() : task->second;
  });
  if (!row) return invalid(fmt::format("run {} has no task '{}'", at.run.value, at.task));
  TRY_STATUS(same("task " + at.task, model::name_of(row->state), line.word(3)));
  TRY_STATUS(same_option(line, "attempts", row->attempts));
  TRY_STATUS(same_option(line, "tries", row->tries));
  TRY_STATUS(same_option(line, "generation", row->generation));
  TRY_STATUS(same_option(line, "exit", row->exit_code));
  TRY_STATUS(same_option(line, "reason", model::name_of(row->reason)));
  if (line.has("message"))
    TRY_STATUS(holds("message", row->message ? *row->message : "", line.take("message")));
  if (line.has("wake"))
    TRY_STATUS(
        same("wake", format_duration(row->wake_at - server_->now().steady), line.take("wake")));
  if (!line.has("outputs")) return ok();
  if (row->outputs == value_of(line.take("outputs"))) return ok();
  return invalid("its outputs are " + to_json(row->outputs));
}

std::string ScenarioBench::name_of(RunNo run, const std::string& task) const {
  return run == newest_ ? task : fmt::format("{}/{}", run.value, task);
}

Status ScenarioBench::expect_names(const Line& line) {
  const std::string& what = line.word(1);
  std::set<std::string> actual;
  for (const AttemptId id : world_.alive()) {
    const auto& attempt = *world_.find(id);
    const bool wanted = what == "running" || (what == "stopping" && attempt.stop_asked);
    if (wanted) actual.insert(name_of(attempt.start.run, model::name_of(attempt.start)));
  }
  if (what == "queued" && server_->up())
    for (const auto& [no, run] : server_->state().runs)
      core::for_each_task(run, [&, no = no, &run = run](const core::TaskRun& task) {
        if (task.row.state == model::TaskState::Queued)
          actual.insert(name_of(no, run.plan->name_of(ref_of(task.row))));
      });
  std::set<std::string> expected;
  for (const std::string& word : line.from(2)) {
    TRY(const Place at, place(word));
    expected.insert(name_of(at.run, at.task));
  }
  if (actual == expected) return ok();
  return invalid(fmt::format("{} are: {}", what, join({actual.begin(), actual.end()}, " ")));
}

Status ScenarioBench::expect_why(const Line& line) {
  const bool of_run = line.word(2) == "run";
  Place at{newest_, ""};
  if (of_run) {
    TRY(at.run, run_no(line.word(3)));
  } else {
    TRY(at, place(line.word(2)));
  }
  const std::string& text = line.word(of_run ? 4 : 3);
  const Lang lang = line.words.back() == "zh" ? Lang::Zh : Lang::En;
  TRY(const auto lines, core::why(server_->engine().core(), at.run, at.task, lang, server_->now()));
  return holds("why", join(lines, "\n"), text);
}

// missed none | missed WORKFLOW TRIGGER count=N [first=TIME] [last=TIME]: the latest record.
Status ScenarioBench::expect_missed(Line& line) {
  struct Found {
    std::size_t count = 0;
    std::optional<model::MissedRow> last;
  };
  const auto found = disk([&line](store::MemoryState& s) {
    Found out;
    for (const auto& [at, row] : s.missed) {
      const bool of_it =
          line.word(2) == "none" ||
          (s.workflows.at(row.workflow).name == line.word(2) && row.trigger == line.word(3));
      if (of_it) out = {out.count + 1, row};
    }
    return out;
  });
  if (line.word(2) == "none")
    return found.count == 0 ? ok() : invalid("there are records of missed firings");
  if (!found.last) return invalid("there is no record of missed firings");
  TRY_STATUS(same_option(line, "records", found.count));
  TRY_STATUS(same_option(line, "count", found.last->count));
  for (const auto& [name, at] :
       {std::pair{"first", found.last->first}, std::pair{"last", found.last->last}}) {
    if (!line.has(name)) continue;
    TRY(const Instant expected, parse_instant(line.take(name)));
    TRY_STATUS(same(name, format_instant(at), format_instant(expected)));
  }
  return ok();
}

// history RUN WHAT [TASK] [TEXT]: a record of this kind whose actor or details hold the text.
Status ScenarioBench::expect_history(const Line& line) {
  TRY(const RunNo no, run_no(line.word(2)));
  const bool with_task = line.words.size() > 5;
  const std::string& text = line.word(with_task ? 5 : 4);
  const auto records = disk([no](store::MemoryState& s) {
    const auto found = s.runs.find(no);
    return found == s.runs.end() ? std::vector<store::HistoryView>() : found->second.history;
  });
  for (const auto& record : records) {
    if (record.what != line.word(3) || (with_task && record.task != line.word(4))) continue;
    if (fmt::format("{} {}", record.actor, record.details).find(text) != std::string::npos)
      return ok();
  }
  return invalid(fmt::format("none of the {} records of run {} is that", records.size(), no.value));
}

Status ScenarioBench::expect_number(const Line& line) {
  const bool open = line.word(1) == "open";
  const auto count =
      disk([open](store::MemoryState& s) { return open ? s.open.size() : s.runs.size(); });
  return same(line.word(1), count, line.word(2));
}

Status ScenarioBench::expect_wake(const Line& line) {
  const auto wake = server_->until_wake();
  return same("wake", wake ? format_duration(*wake) : "never", line.word(2));
}

// What the latest start of a task was given: argv=[...] env.NAME=TEXT number=N workdir=TEXT.
Status ScenarioBench::expect_start(Line& line) {
  TRY(const Place at, place(line.word(2)));
  const model::StartAttempt* start = nullptr;
  for (const auto& [id, attempt] : world_.attempts())
    if (attempt.start.run == at.run && model::name_of(attempt.start) == at.task)
      start = &attempt.start;
  if (start == nullptr)
    return invalid(fmt::format("task {} of run {} was never started", at.task, at.run.value));
  TRY_STATUS(same_option(line, "number", start->number));
  TRY_STATUS(same_option(line, "workdir", start->workdir));
  if (line.has("argv")) {
    ValueList argv(start->argv.begin(), start->argv.end());
    if (!(Value(argv) == value_of(line.take("argv"))))
      return invalid("its argv is " + to_json(Value(argv)));
  }
  for (const auto& [name, value] : start->env) TRY_STATUS(same_option(line, "env." + name, value));
  return ok();
}

// phase RUN NO STATE [kind= version= by= from=]
Status ScenarioBench::expect_phase(Line& line) {
  TRY(const RunNo no, run_no(line.word(2)));
  TRY(const auto reader, server_->store().new_reader());
  TRY(const auto phases, reader->phases(no));
  for (const model::PhaseRow& phase : phases) {
    if (fmt::format("{}", phase.no) != line.word(3)) continue;
    TRY_STATUS(same("phase", model::name_of(phase.state), line.word(4)));
    TRY_STATUS(same_option(line, "kind", model::name_of(phase.kind)));
    TRY_STATUS(same_option(line, "version", phase.version_number));
    TRY_STATUS(same_option(line, "by", phase.initiator));
    return same_option(line, "from", phase.from);
  }
  return invalid(fmt::format("run {} has {} phases", no.value, phases.size()));
}

}  // namespace gantry::testing
