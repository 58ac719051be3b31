#include "testing/scenario_bench.h"

#include <fmt/format.h>

#include <limits>

#include "base/explain.h"
#include "base/hash.h"
#include "base/text.h"
#include "spec/calendars.h"
#include "spec/load.h"
#include "spec/people.h"

namespace gantry::testing {

using model::AttemptState;
using model::Reason;

namespace {

// Scenarios name no files.
class NoFiles : public spec::FileSource {
 public:
  Result<model::VersionFile> read(const std::string& path) const override {
    return error(Code::NotFound, "scenarios have no files: " + path);
  }
  Result<std::vector<std::string>> glob(const std::string&) const override {
    return std::vector<std::string>{};
  }
};
}  // namespace

ScenarioBench::ScenarioBench() : clock_(parse_instant("2026-01-01T00:00:00Z").value()) {
  world_.on_start = [this](AttemptId id) {
    if (!unclaimed_.contains(model::name_of(world_.find(id)->start))) world_.claim(id);
  };
  world_.on_stop = [this](AttemptId id) {
    const auto& attempt = *world_.find(id);
    if (stubborn_.contains(model::name_of(attempt.start))) return;
    model::AttemptReport report;
    report.state = AttemptState::Killed;
    report.reason = Reason::Cancelled;
    report.signal = 15;
    if (attempt.phase == World::Phase::Handed)
      world_.drop(id);
    else
      world_.end(id, report);
    world_.deliver(id);
  };
}

void ScenarioBench::prepare() {
  if (server_) return;
  server_ = std::make_unique<SimServer>(clock_, world_, limits_);
  server_->set_calendars(spec::link_calendars({}).calendars);
  server_->boot();
}

Status ScenarioBench::run(Line line) {
  if (line.word(0) == "limits") return limits(line);
  prepare();
  TRY_STATUS(dispatch(line));
  for (const auto& [name, value] : line.options)
    return invalid(fmt::format("'{}' has no option '{}'", line.word(0), name));
  if (!line.block.empty()) return invalid(fmt::format("'{}' has no indented lines", line.word(0)));
  if (server_->up()) server_->settle();
  if (!server_->up() && !down_) {  // of its fuse
    server_->boot();
    server_->settle();
  }
  newest_ = server_->store().disk()->use([](store::MemoryState& s) { return s.recovery.last_run; });
  server_->check_recoverable("now");
  return check();
}

Status ScenarioBench::check() const {
  for (const auto* complaints : {&server_->complaints(), &world_.complaints()})
    if (!complaints->empty()) return error(Code::Internal, complaints->front());
  return ok();
}

// A word too many would be one that was meant and is not looked at: each command says how many it
// may have, itself included.
Status ScenarioBench::dispatch(Line& line) {
  struct Command {
    std::size_t words_max;
    Status (*run)(ScenarioBench&, Line&);
  };
  using Bench = ScenarioBench;
  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
  static const std::map<std::string, Command> commands{
      {"expect", {kAny, [](Bench& b, Line& l) { return b.expect(l); }}},
      {"workflow", {4, [](Bench& b, Line& l) { return b.workflow(l); }}},
      {"calendar", {3, [](Bench& b, Line& l) { return b.calendar(l); }}},
      {"people", {1, [](Bench& b, Line& l) { return b.people(l); }}},
      {"trigger", {4, [](Bench& b, Line& l) { return b.trigger(l); }}},
      {"finish", {3, [](Bench& b, Line& l) { return b.end(l, AttemptState::Succeeded); }}},
      {"fail", {3, [](Bench& b, Line& l) { return b.end(l, AttemptState::Failed); }}},
      {"timeout", {3, [](Bench& b, Line& l) { return b.end(l, AttemptState::TimedOut); }}},
      {"oom", {3, [](Bench& b, Line& l) { return b.end(l, AttemptState::Oom); }}},
      {"interrupt", {2, [](Bench& b, Line& l) { return b.lose(l); }}},
      {"not_started", {2, [](Bench& b, Line& l) { return b.drop(l); }}},
      {"stubborn", {kAny, [](Bench& b, Line& l) { return b.remember(l, b.stubborn_); }}},
      {"unclaimed", {kAny, [](Bench& b, Line& l) { return b.remember(l, b.unclaimed_); }}},
      {"repeat", {1, [](Bench& b, Line&) { return b.repeat(); }}},
      {"cancel", {4, [](Bench& b, Line& l) { return b.cancel(l); }}},
      {"resolve", {5, [](Bench& b, Line& l) { return b.resolve(l); }}},
      {"emit", {4, [](Bench& b, Line& l) { return b.emit(l); }}},
      {"retry", {4, [](Bench& b, Line& l) { return b.retry(l); }}},
      {"pause", {4, [](Bench& b, Line& l) { return b.hold(l, model::Hold::Pause); }}},
      {"resume", {4, [](Bench& b, Line& l) { return b.hold(l, model::Hold::Resume); }}},
      {"disable", {4, [](Bench& b, Line& l) { return b.hold(l, model::Hold::Disable); }}},
      {"enable", {4, [](Bench& b, Line& l) { return b.hold(l, model::Hold::Enable); }}},
      {"pool", {5, [](Bench& b, Line& l) { return b.pool(l); }}},
      {"advance", {2, [](Bench& b, Line& l) { return b.advance(l); }}},
      {"at", {2, [](Bench& b, Line& l) { return b.at(l); }}},
      {"clock", {2, [](Bench& b, Line& l) { return b.set_clock(l); }}},
      {"server", {2, [](Bench& b, Line& l) { return b.server(l); }}},
      {"crash", {1, [](Bench& b, Line&) { return b.crash(); }}},
      {"reboot", {2, [](Bench& b, Line& l) { return b.reboot(l); }}},
      {"quarantine", {2, [](Bench& b, Line& l) { return b.quarantine(l); }}},
      {"lose_commit", {1, [](Bench& b, Line& l) { return b.fail_commit(l); }}},
      {"commit_lost_answer", {1, [](Bench& b, Line& l) { return b.fail_commit(l); }}},
      {"crash_before_commit", {1, [](Bench& b, Line& l) { return b.fail_commit(l); }}},
      {"crash_after_commit", {1, [](Bench& b, Line& l) { return b.fail_commit(l); }}}};
  const auto found = commands.find(line.word(0));
  if (found == commands.end())
    return invalid(fmt::format("there is no command '{}'", line.word(0)));
  const Command& command = found->second;
  if (line.words.size() > command.words_max)
    return invalid(fmt::format("nothing is known of '{}' here", line.words[command.words_max]));
  return command.run(*this, line);
}

Status ScenarioBench::limits(Line& line) {
  if (server_) return invalid("limits come before every other command");
  for (const auto& [name, value] : line.options) {
    TRY(const int number, to_int(value));
    if (name == "slots")
      limits_.local_slots = number;
    else if (name == "open_runs")
      limits_.open_runs_max = static_cast<std::size_t>(number);
    else if (name == "passed")
      limits_.passed_max = number;
    else if (name.starts_with("pool."))
      limits_.pools[name.substr(5)] = number;
    else
      return invalid(fmt::format(
          "there is no limit '{}'; there are slots, open_runs, passed and pool.NAME", name));
  }
  return ok();
}

Status ScenarioBench::workflow(Line& line) {
  const std::string name = line.word(1);
  if (name.empty() || line.block.empty())
    return invalid("write `workflow NAME` and its YAML, indented, below");
  const NoFiles files;
  auto loaded = spec::load(line.block, name, name + ".yaml", files);
  if (!loaded.definition)
    return within({"the workflow is not valid", "工作流无效"},
                  spec::to_error(loaded.diagnostics.front()));
  line.block.clear();
  auto definition = std::make_shared<const model::Definition>(std::move(*loaded.definition));
  return ask(
      [definition](model::ReplyTo reply) {
        return model::DefinitionLoaded{reply, "author", definition};
      },
      line, 2);
}

// `calendar NAME` and its YAML; `calendar NAME removed`.
Status ScenarioBench::calendar(Line& line) {
  const std::string name = line.word(1);
  if (line.word(2) == "removed") {
    calendars_.erase(name);
  } else {
    auto loaded = spec::load_calendar(line.block, name, name + ".yaml");
    if (!loaded.calendar)
      return within({"the calendar is not valid", "日历无效"},
                    spec::to_error(loaded.diagnostics.front()));
    calendars_[name] = std::move(*loaded.calendar);
    line.block.clear();
  }
  server_->set_calendars(spec::link_calendars(calendars_).calendars);
  return ok();
}

Status ScenarioBench::trigger(Line& line) {
  const std::string name = line.word(1);
  ValueMap params;
  for (const auto& [key, value] : line.options) params.emplace_back(key, value_of(value));
  line.options.clear();
  return ask(
      [name, params](model::ReplyTo reply) {
        return model::RunRequested{reply, name, params, model::CauseKind::Request, "someone", ""};
      },
      line, 2);
}

// `refused TEXT` or `unanswered` at the place `next` says that it must not go well.
Status ScenarioBench::ask(const std::function<model::Event(model::ReplyTo)>& make, Line& line,
                          std::size_t next) {
  if (!server_->up()) return invalid("the server is down");
  std::optional<model::Answer> answer;
  server_->request(make, [&answer](const model::Answer& given) { answer = given; });
  server_->settle();
  if (line.word(next) == "unanswered") return answer ? invalid("it was answered") : ok();
  if (!answer) return error(Code::Internal, "nobody answered");
  if (line.word(next) != "refused") return answer->status;
  if (answer->status.ok()) return invalid("it was not refused");
  const std::string& message = answer->status.error().message;
  if (message.find(line.word(next + 1)) == std::string::npos)
    return invalid(fmt::format("it was refused because: {}", message));
  return ok();
}

Result<ScenarioBench::Place> ScenarioBench::place(const std::string& word) const {
  const std::size_t slash = word.find('/');
  if (slash == std::string::npos) return Place{newest_, word};
  TRY(const int run, to_int(word.substr(0, slash)));
  return Place{RunNo{run}, word.substr(slash + 1)};
}

Result<AttemptId> ScenarioBench::live(const std::string& word) const {
  TRY(const Place at, place(word));
  const World::Attempt* attempt = world_.live(at.run, at.task);
  if (attempt == nullptr)
    return invalid(fmt::format("task {} of run {} does not run", at.task, at.run.value));
  return attempt->start.id;
}

Status ScenarioBench::end(Line& line, AttemptState state) {
  TRY(const AttemptId id, live(line.word(1)));
  model::AttemptReport report;
  report.state = state;
  if (state == AttemptState::Failed) report.reason = Reason::Exit;
  if (state == AttemptState::TimedOut) report.reason = Reason::Timeout;
  if (state == AttemptState::Oom) report.reason = Reason::Oom;
  const bool exited = state == AttemptState::Succeeded || state == AttemptState::Failed;
  TRY(report.exit_code, to_int(line.take("exit", !exited                         ? "-1"
                                                 : state == AttemptState::Failed ? "1"
                                                                                 : "0")));
  TRY(report.signal, to_int(line.take("signal", "0")));
  if (report.signal != 0) report.reason = Reason::Signal;
  report.error_tail = line.take("stderr");
  if (line.has("outputs")) report.outputs = value_of(line.take("outputs"));
  if (line.has("outputs_bytes")) {
    TRY(const int size, to_int(line.take("outputs_bytes")));
    report.outputs = ValueMap{{"text", std::string(static_cast<std::size_t>(size), 'x')}};
  }
  TRY_STATUS(capture(id, line, report));
  const bool reported = line.word(2).empty();
  if (!reported && line.word(2) != "unreported")
    return invalid(fmt::format("nothing is known of '{}' here", line.word(2)));
  world_.end(id, report);
  if (reported) world_.deliver(id);
  return ok();
}

// `stdout=TEXT` and `file.PATH=TEXT`: what the outputs of the task read.
Status ScenarioBench::capture(AttemptId id, Line& line, model::AttemptReport& report) {
  for (const std::string& path : world_.find(id)->start.captures) {
    const std::string option = path.empty() ? "stdout" : "file." + path;
    if (!line.has(option)) return invalid("the outputs of this task read " + option);
    report.captured.push_back(line.take(option));
  }
  if (report.state != AttemptState::Succeeded) report.captured.clear();
  return ok();
}

// `people` and its YAML.
Status ScenarioBench::people(Line& line) {
  auto loaded = spec::load_people(line.block, "people.yaml");
  if (!loaded.people)
    return within({"people.yaml is not valid", "people.yaml 无效"},
                  spec::to_error(loaded.diagnostics.front()));
  line.block.clear();
  server_->set_people(std::make_shared<const model::People>(*std::move(loaded.people)));
  return ok();
}

Status ScenarioBench::lose(Line& line) {
  TRY(const AttemptId id, live(line.word(1)));
  world_.lose(id);
  world_.deliver(id);
  return ok();
}

Status ScenarioBench::drop(Line& line) {
  TRY(const AttemptId id, live(line.word(1)));
  if (world_.find(id)->phase != World::Phase::Handed)
    return invalid("it has been claimed; say `unclaimed TASK` before it starts");
  world_.drop(id);
  world_.deliver(id);
  return ok();
}

Status ScenarioBench::remember(const Line& line, std::set<std::string>& names) {
  for (const std::string& name : line.from(1)) names.insert(name);
  return ok();
}

Status ScenarioBench::repeat() {
  for (const auto& [id, attempt] : world_.attempts()) world_.deliver(id);
  return ok();
}

// The engine wakes whenever it wants to in between.
void ScenarioBench::pass(Duration duration) {
  const Duration end = clock_.elapsed() + duration;
  while (clock_.elapsed() < end && server_->complaints().empty()) {
    const Duration left = end - clock_.elapsed();
    const auto wake = server_->until_wake();
    clock_.advance(wake ? std::clamp(*wake, Duration{0}, left) : left);
    if (server_->up()) server_->settle();
  }
}

Status ScenarioBench::advance(Line& line) {
  TRY(const Duration duration, parse_duration(line.word(1)));
  pass(duration);
  return ok();
}

Status ScenarioBench::at(Line& line) {
  TRY(const Instant instant, parse_instant(line.word(1)));
  if (instant < clock_.wall())
    return invalid("it is later already: " + format_instant(clock_.wall()));
  pass(instant - clock_.wall());
  return ok();
}

Status ScenarioBench::set_clock(Line& line) {
  const std::string& word = line.word(1);
  if (!word.starts_with('+') && !word.starts_with('-')) {
    TRY(const Instant instant, parse_instant(word));
    clock_.set_wall(instant);
    return ok();
  }
  TRY(const Duration by, parse_duration(word.substr(1)));
  clock_.set_wall(word[0] == '+' ? clock_.wall() + by : clock_.wall() - by);
  return ok();
}

Status ScenarioBench::server(Line& line) {
  down_ = line.word(1) == "down";
  if (!down_ && line.word(1) != "up") return invalid("write `server down` or `server up`");
  if (down_)
    server_->kill();
  else if (!server_->up())
    server_->boot();
  return ok();
}

Status ScenarioBench::crash() {
  if (!server_->up()) return invalid("the server is down");
  server_->kill();
  server_->boot();
  return ok();
}

Status ScenarioBench::reboot(Line& line) {
  TRY(const Duration off, parse_duration(line.word(1).empty() ? "1m" : line.word(1)));
  server_->kill();
  world_.reboot();
  clock_.advance(off);
  clock_.reboot();
  server_->boot();
  return ok();
}

Status ScenarioBench::quarantine(Line& line) {
  TRY(const int run, to_int(line.word(1)));
  return server_->die_of(RunNo{run});
}

Status ScenarioBench::fail_commit(Line& line) {
  const std::string& command = line.word(0);
  if (command == "lose_commit")
    server_->fail_next_commit(store::MemoryFault::Refused);
  else if (command == "commit_lost_answer")
    server_->fail_next_commit(store::MemoryFault::LostAnswer);
  else if (command == "crash_before_commit")
    server_->fuse().arm(1, false);
  else
    server_->fuse().arm(1, true);
  return ok();
}

}  // namespace gantry::testing
