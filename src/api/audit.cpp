#include "api/audit.h"

#include "api/problem.h"
#include "base/json.h"

namespace gantry::api {

std::string_view name_of(AuditKind kind) {
  switch (kind) {
    case AuditKind::None: return "";
    case AuditKind::RunRequested: return "run.start";
    case AuditKind::RunCancelled: return "run.cancel";
    case AuditKind::RunRetried: return "run.retry";
    case AuditKind::RunHeld: return "run.hold";
    case AuditKind::RunsInBulk: return "runs.bulk";
    case AuditKind::TaskResolved: return "task.resolve";
    case AuditKind::WorkflowHeld: return "workflow.hold";
    case AuditKind::ServerHeld: return "server.hold";
    case AuditKind::PoolLimited: return "pool.limit";
    case AuditKind::BackupTaken: return "backup.take";
    case AuditKind::GarbageCollected: return "gc";
    case AuditKind::LoggedIn: return "login";
    case AuditKind::LoggedOut: return "logout";
    case AuditKind::TokenCreated: return "token.create";
    case AuditKind::TokenRevoked: return "token.revoke";
    case AuditKind::WrapTaken: return "wrap.take";
    case AuditKind::WrapLogTaken: return "wrap.log";
    case AuditKind::EventEmitted: return "event.emit";
    case AuditKind::EventDelivered: return "event.deliver";
    case AuditKind::BackfillBegun: return "backfill.begin";
    case AuditKind::BackfillSteered: return "backfill.steer";
  }
  return "";
}

std::string audit_target(std::string_view pattern, const std::vector<std::string>& params) {
  std::string target;
  std::size_t used = 0;
  for (const std::string_view part : split(pattern.substr(1), '/')) {
    if (part == "api" || part == "v1") continue;
    if (!params.empty() && used == params.size()) break;  // what follows the last is a verb
    if (!target.empty()) target += '/';
    target += part.starts_with('{') ? params[used++] : std::string(part);
  }
  return target;
}

model::Change Audit::note(std::string_view outcome) {
  written_ = true;
  row_.at = clock_.wall();
  row_.outcome = outcome;
  return {row_.at, row_.actor, model::AuditNoted{row_}};
}

model::Change Audit::note(const model::Answer& answer) {
  if (answer.status.ok() && answer.run.value != 0 && row_.details == "{}")
    row_.details = "{\"run\":" + std::to_string(answer.run.value) + "}";
  return note(answer.status.ok() ? "ok" : problem_of(answer.status.error().code).code);
}

void Audit::note_refusal(std::string_view code) {
  if (!written_) (void)engine_.record({note(code)}, nullptr);
}

namespace {
void request(Backend& backend, const std::shared_ptr<Audit>& audit, const MakeEvent& make,
             const engine::OnAnswer& on_answer) {
  const auto notes = [audit](const model::Answer& answer) {
    std::vector<model::Change> out;
    if (audit) out.push_back(audit->note(answer));
    return out;
  };
  if (backend.services.engine.request(make, on_answer, notes)) return;
  model::Answer busy;
  busy.status = engine_busy();
  on_answer(busy);
}
}  // namespace

Audit Audit::part(std::string details) {
  written_ = true;
  Audit out(engine_, clock_, row_);
  out.set_details(std::move(details));
  return out;
}

void mutate(Backend& backend, const CallPtr& call, const MakeEvent& make,
            const engine::OnAnswer& on_answer) {
  request(backend, call->audit, make, on_answer);
}

void mutate_part(Backend& backend, const CallPtr& call, std::string details, const MakeEvent& make,
                 const engine::OnAnswer& on_answer) {
  const auto audit =
      call->audit ? std::make_shared<Audit>(call->audit->part(std::move(details))) : nullptr;
  request(backend, audit, make, on_answer);
}

void mutate(Backend& backend, const CallPtr& call, const ReplyPtr& reply,
            std::vector<model::Change> changes, engine::OnDone on_done) {
  if (call->audit) changes.push_back(call->audit->note("ok"));
  const auto done = [reply, on_done = std::move(on_done)](const Status& status) {
    on_done(status);
    if (!status.ok()) reply->fail(status.error());
  };
  if (!backend.services.engine.record(std::move(changes), done)) done(engine_busy());
}

}  // namespace gantry::api
