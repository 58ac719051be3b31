#include "app/retention.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/explain.h"
#include "base/log.h"

namespace gantry::app {

namespace {
constexpr Duration kRoundEvery = hours(1);
constexpr Duration kBetweenSteps = milliseconds(20);
constexpr Duration kWhileHeld = seconds(1);  // or while the engine takes no questions
constexpr const char* kArea = "retention";

std::int64_t store_bytes(const std::string& data) {
  struct stat st {};
  return ::stat((data + "/gantry.db").c_str(), &st) == 0 ? st.st_size : 0;
}

void add(api::Collected& to, const SweepReport& swept) {
  const auto add_one = [](api::Removed& sum, const api::Removed& more) {
    sum.count += more.count;
    sum.bytes += more.bytes;
  };
  add_one(to.log_folders, swept.logs);
  add_one(to.workspaces, swept.workspaces);
  add_one(to.attempts, swept.attempts);
  add_one(to.versions, swept.versions);
}

void add(api::Collected& to, const store::RetentionStep& step) {
  to.runs += static_cast<std::int64_t>(step.runs.size());
  to.logs += static_cast<std::int64_t>(step.logs.size());
  to.records += step.records;
  to.audit += step.audit;
}
}  // namespace

Result<api::Collected> survey(const std::string& data, store::Reader& reader,
                              const RetentionRules& rules, Instant now) {
  api::Collected collected;
  TRY(const SweepReport swept, sweep_files(data, reader, rules, now, true));
  TRY(const auto rows, reader.retention_survey(cut_of(rules, now, swept.logs_up_to)));
  add(collected, swept);
  collected.runs = rows.runs;
  collected.logs = rows.logs;
  collected.audit = rows.audit;
  return collected;
}

Result<api::Collected> collect_offline(const std::string& data, store::SqliteStore& store,
                                       const RetentionRules& rules, Instant now) {
  api::Collected collected;
  const std::int64_t before = store_bytes(data);
  TRY_STATUS(store.open_epoch());
  RunNo logs_up_to;
  {
    TRY(const auto reader, store.new_reader());
    TRY(const SweepReport swept, sweep_files(data, *reader, rules, now));
    add(collected, swept);
    logs_up_to = swept.logs_up_to;
  }
  for (bool more = true; more;) {
    TRY(const auto step, store.retain(cut_of(rules, now, logs_up_to)));
    delete_files(data, step, collected);
    add(collected, step);
    more = step.more;
  }
  for (bool more = true; more;) {
    TRY(more, store.tidy());
  }
  TRY_STATUS(store.checkpoint());
  collected.store_bytes = before - store_bytes(data);
  return collected;
}

struct Retention::Round {
  std::vector<api::OnCollected> done;
  api::Collected collected;
  RunNo logs_up_to;
  std::int64_t store_bytes_before = 0;
};

Retention::Retention(Stack& stack, std::string data, RetentionRules rules)
    : stack_(stack), data_(std::move(data)), rules_(rules) {}

Retention::~Retention() = default;

void Retention::begin() {
  hourly_ = stack_.loop().every(kRoundEvery, [this] { begin_round(); });
  begin_round();
}

std::shared_ptr<void> Retention::hold() {
  ++*holds_;
  return std::shared_ptr<void>(nullptr, [holds = holds_](void*) { --*holds; });
}

void Retention::collect(bool dry_run, api::OnCollected done) {
  if (!dry_run) {
    {
      const MutexLock lock(mutex_);
      waiting_.push_back(std::move(done));
    }
    return begin_round();
  }
  // Refused: the dropped callback answers.
  (void)stack_.workers().post([this, done = std::move(done)] {
    auto reader = stack_.new_reader();
    if (!reader.ok()) return done(reader.error());
    done(survey(data_, **reader, rules_, stack_.clock().wall()));
  });
}

void Retention::begin_round() {
  const auto round = std::make_shared<Round>();
  {
    const MutexLock lock(mutex_);
    if (at_it_) return;
    at_it_ = true;
    round->done = std::exchange(waiting_, {});
  }
  if (stack_.workers().post([this, round] { sweep(round); })) return;
  end_round(round, explain(Code::Unavailable,
                           {"the server has too much to do; try again", "服务器过于繁忙，请再试"}));
}

void Retention::sweep(const RoundPtr& round) {
  auto reader = stack_.new_reader();
  if (!reader.ok()) return end_round(round, reader.error());
  round->store_bytes_before = store_bytes(data_);
  const auto report = sweep_files(data_, **reader, rules_, stack_.clock().wall());
  if (!report.ok()) return end_round(round, report.error());
  add(round->collected, *report);
  round->logs_up_to = report->logs_up_to;
  step(round);
}

// A question may be dropped unasked, when the store fails: then the step is tried again.
struct Retention::Ticket {
  Ticket(Retention& r, RoundPtr of) : retention(r), round(std::move(of)) {}
  Ticket(const Ticket&) = delete;  // each would be a chain of steps of its own
  ~Ticket() {
    if (!used) retention.step_later(round, kWhileHeld);
  }
  Retention& retention;
  const RoundPtr round;
  bool used = false;
};

void Retention::step(const RoundPtr& round) {
  if (*holds_ > 0) return step_later(round, kWhileHeld);
  const auto ticket = std::make_shared<Ticket>(*this, round);
  (void)stack_.engine().ask([this, round, ticket](const core::Core&, Now now) {
    ticket->used = true;
    auto taken = stack_.store().retain(cut_of(rules_, now.wall, round->logs_up_to));
    const bool posted = stack_.workers().post([this, round, taken] {
      if (!taken.ok()) return end_round(round, taken.error());
      finish_step(round, *taken);
    });
    // What it took stays on the disk for the next sweep.
    if (!posted)
      end_round(round, explain(Code::Unavailable, {"the server has too much to do; try again",
                                                   "服务器过于繁忙，请再试"}));
  });
}

void Retention::step_later(const RoundPtr& round, Duration pause) {
  stack_.loop().post([this, round, pause] {
    soon_ = stack_.loop().after(pause, [this, round] {
      if (!stack_.workers().post([this, round] { step(round); })) step_later(round, kWhileHeld);
    });
  });
}

void Retention::finish_step(const RoundPtr& round, const store::RetentionStep& step) {
  delete_files(data_, step, round->collected);
  add(round->collected, step);
  if (step.more) return step_later(round, kBetweenSteps);
  round->collected.store_bytes = round->store_bytes_before - store_bytes(data_);
  end_round(round, ok());
}

void Retention::end_round(const RoundPtr& round, const Status& outcome) {
  const api::Collected& took = round->collected;
  if (!outcome.ok()) log_warning(kArea, "{}", outcome.error().message);
  if (took.runs + took.logs > 0)
    log_info(kArea, "{} runs and the logs of {} others removed", took.runs, took.logs);
  for (const api::OnCollected& done : round->done)
    outcome.ok() ? done(took) : done(outcome.error());
  bool more = false;
  {
    const MutexLock lock(mutex_);
    at_it_ = false;
    more = !waiting_.empty();
  }
  if (more) begin_round();
}

}  // namespace gantry::app
