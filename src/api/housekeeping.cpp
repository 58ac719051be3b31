// Backups and taking away what is old, asked for by an administrator.
#include "api/housekeeping.h"

#include "api/audit.h"
#include "api/handlers.h"
#include "base/explain.h"
#include "base/json.h"
#include "base/log.h"

namespace gantry::api {

namespace {

bool flag_in(const Values& body, std::string_view name, bool otherwise) {
  const auto found = body.find(name);
  return found == body.end() ? otherwise : found->second.as_bool();
}

net::Response head_of_backup() {
  net::Response head;
  head.content_type = "application/zstd";
  head.headers.emplace_back("Content-Disposition",
                            "attachment; filename=\"gantry-backup.tar.zst\"");
  return head;
}

// Sends a backup at the pace of its reader: each step runs on a worker and arms the next.
class BackupSender : public std::enable_shared_from_this<BackupSender> {
 public:
  BackupSender(Workers& workers, NextBytes next, std::shared_ptr<net::Responder> responder)
      : workers_(workers), next_(std::move(next)), responder_(std::move(responder)) {}

  void step() {
    if (responder_->gone()) return;
    auto bytes = next_();
    // Dropped unended, so that nobody takes it for the whole.
    if (!bytes.ok()) return log_error("backup", "{}", bytes.error().message);
    if (bytes->empty()) return responder_->end();
    if (!responder_->write(*std::move(bytes))) return;
    responder_->when_sent(
        [self = shared_from_this()] { (void)self->workers_.post([self] { self->step(); }); });
  }

 private:
  Workers& workers_;
  NextBytes next_;
  const std::shared_ptr<net::Responder> responder_;
};

Error not_here() {
  return explain(Code::FailedPrecondition,
                 {"this server has no folders of its own", "此服务器没有自己的目录"});
}

}  // namespace

std::string text_of(const Collected& c, bool dry_run) {
  JsonWriter w;
  w.object().field("dry_run", dry_run).field("runs", c.runs).field("logs", c.logs);
  w.field("records", c.records).field("audit", c.audit);
  const auto put = [&w](std::string_view name, const Removed& removed) {
    w.key(name).object().field("count", removed.count).field("bytes", removed.bytes).end();
  };
  put("log_folders", c.log_folders);
  put("workspaces", c.workspaces);
  put("attempts", c.attempts);
  put("versions", c.versions);
  return w.field("store_bytes", c.store_bytes).end().text();
}

// The record is committed before the first byte leaves.
void take_backup(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  if (!backend.services.begin_backup) return reply->fail(not_here());
  const bool logs = flag_in(call->body, "logs", true);
  auto next = backend.services.begin_backup(logs);
  if (!next.ok()) return reply->fail(next.error());
  if (call->audit) call->audit->set_details(logs ? R"({"logs":true})" : R"({"logs":false})");
  const auto send = [&backend, reply, next = *std::move(next)](const Status& noted) {
    if (!noted.ok()) return;
    (void)backend.services.workers.post([&backend, reply, next] {
      std::make_shared<BackupSender>(backend.services.workers, next,
                                     reply->stream(head_of_backup()))
          ->step();
    });
  };
  mutate(backend, call, reply, {}, send);
}

void collect_garbage(Backend& backend, const CallPtr& call, const ReplyPtr& reply) {
  if (!backend.services.collect) return reply->fail(not_here());
  const bool dry_run = flag_in(call->body, "dry_run", false);
  const auto answer_with = [reply, dry_run](const Result<Collected>& collected) {
    if (!collected.ok()) return reply->fail(collected.error());
    reply->send(json_response(text_of(*collected, dry_run)));
  };
  if (call->audit)
    call->audit->set_details(dry_run ? R"({"dry_run":true})" : R"({"dry_run":false})");
  mutate(backend, call, reply, {}, [&backend, dry_run, answer_with](const Status& noted) {
    if (noted.ok()) backend.services.collect(dry_run, answer_with);
  });
}

}  // namespace gantry::api
