#include "app/file_triggers.h"

#include <algorithm>
#include <future>

#include "app/live_problems.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/log.h"

namespace gantry::app {

namespace {
constexpr Duration kRescanEvery = seconds(10);
constexpr Duration kRetryAfter = seconds(1);

class StackDoor final : public EventDoor {
 public:
  explicit StackDoor(Stack& stack) : stack_(stack) {}

  Result<bool> is_known(const std::string& name, const std::vector<std::string>& keys) override {
    if (!reader_) {
      TRY(reader_, stack_.new_reader());
    }
    TRY(const auto id, reader_->event_by_keys(model::EventFrom::File, name, keys));
    return id.has_value();
  }

  std::vector<Status> hand_in(std::vector<model::EventReceived> events) override {
    std::vector<std::future<Status>> answers;
    for (model::EventReceived& event : events) {
      auto promise = std::make_shared<std::promise<Status>>();
      answers.push_back(promise->get_future());
      const auto make = [event = std::move(event)](model::ReplyTo to) {
        model::EventReceived with_reply = event;
        with_reply.reply = to;
        return model::Event(std::move(with_reply));
      };
      const auto answered = [promise](const model::Answer& answer) {
        promise->set_value(answer.status);
      };
      if (!stack_.engine().request(make, answered))
        promise->set_value(error(Code::Unavailable, "the engine is busy"));
    }
    std::vector<Status> out;
    for (auto& answer : answers) out.push_back(answer.get());
    return out;
  }

 private:
  Stack& stack_;
  std::unique_ptr<store::Reader> reader_;  // of the one look that goes on
};

spec::Diagnostic diagnostic_of(const FileTriggerFacts& facts, const Error& problem) {
  spec::Diagnostic out;
  out.file = facts.workflow + ".yaml";
  out.line = out.column = 1;
  out.severity = spec::Severity::Warning;
  out.code = "file-missing";
  out.message = fmt::format("trigger '{}': {}", facts.trigger, problem.message);
  out.zh = fmt::format("触发器“{}”：{}", facts.trigger, gantry::message_in(problem, Lang::Zh));
  return out;
}

bool has_file_trigger(const model::WorkflowRow& row) {
  return std::any_of(row.triggers.begin(), row.triggers.end(), [](const model::Trigger& trigger) {
    return trigger.kind == model::TriggerKind::File;
  });
}

// Deeper folders are seen by the regular look.
int depth_of(const spec::FilePattern& pattern) {
  const bool any = std::find(pattern.names.begin(), pattern.names.end(), spec::kAnyFolders) !=
                   pattern.names.end();
  return any ? kFolderDepthMax : static_cast<int>(pattern.names.size()) - 1;
}
}  // namespace

struct FileTriggers::Watched {
  explicit Watched(FileTriggerFacts facts) : trigger(std::move(facts)) {}
  FileTrigger trigger;  // of the look
  std::atomic<bool> has_changed{true};
  std::optional<Duration> due;  // since boot; of the look
  std::atomic<bool> was_there{true};
  std::atomic<bool> watch_again{false};  // its folder has come
  mutable Mutex mutex;
  std::optional<Error> problem GUARDED_BY(mutex);
};

FileTriggers::FileTriggers(Stack& stack, Duration events_kept)
    : stack_(stack), kept_(events_kept), door_(std::make_unique<StackDoor>(stack)) {}

FileTriggers::~FileTriggers() = default;

void FileTriggers::begin() {
  begun_ = true;
  rescan_ = stack_.loop().every(kRescanEvery, [this] { rescan(); });
  look_soon();
}

void FileTriggers::end() {
  begun_ = false;
  watches_.clear();
  rescan_.reset();
  later_.reset();
  retry_.reset();
}

void FileTriggers::on_commit(std::span<const model::Change> changes) {
  bool any = false;
  for (const model::Change& change : changes) {
    const auto* changed = std::get_if<model::WorkflowChanged>(&change.body);
    if (changed == nullptr) continue;
    any |= has_file_trigger(changed->row);
    for (const auto& [name, watched] : triggers()) any |= name.first == changed->row.name;
  }
  if (!any) return;
  news_ = true;
  stack_.loop().post([this] { look_soon(); });
}

FileTriggers::Triggers FileTriggers::triggers() const {
  const MutexLock lock(mutex_);
  return triggers_;
}

void FileTriggers::rescan() {
  for (const auto& [name, watched] : triggers()) watched->has_changed = true;
  look_soon();
}

// Loop thread. What comes while a look waits for its turn is seen by it.
void FileTriggers::look_soon() {
  if (!begun_ || look_waits_.exchange(true)) return;
  const bool taken = stack_.workers().post([this] {
    look_waits_ = false;
    look_all();
  });
  if (taken) return;
  look_waits_ = false;
  retry_ = stack_.loop().after(kRetryAfter, [this] { look_soon(); });
}

void FileTriggers::look_all() {
  const MutexLock lock(looking_);
  if (news_.exchange(false)) reload();
  std::optional<Duration> due;
  for (const auto& [name, watched] : triggers()) {
    const bool is_due = watched->due && *watched->due <= stack_.clock().since_boot();
    if (watched->has_changed.exchange(false) || is_due) look(*watched);
    if (watched->due) due = due ? std::min(*due, *watched->due) : *watched->due;
  }
  stack_.loop().post([this, due] {
    if (!begun_) return;
    rewatch();
    const Duration now = stack_.clock().since_boot();
    if (due)
      later_ = stack_.loop().after(std::max(*due - now, milliseconds(1)), [this] { look_soon(); });
  });
}

void FileTriggers::look(Watched& watched) {
  const Duration boot = stack_.clock().since_boot();
  const auto wait = watched.trigger.look(finder_, *door_, stack_.clock().wall(), boot, kept_);
  watched.due.reset();
  if (wait) watched.due = boot + *wait;
  const bool is_there = watched.trigger.is_folder_there();
  if (is_there && !watched.was_there) watched.watch_again = true;
  watched.was_there = is_there;
  tell(watched);
}

// Once, not at every look.
void FileTriggers::tell(Watched& watched) const {
  const auto& problem = watched.trigger.problem();
  const FileTriggerFacts& facts = watched.trigger.facts();
  const MutexLock lock(watched.mutex);
  const std::string before = watched.problem ? watched.problem->message : "";
  if (problem && problem->message != before)
    log_warning("triggers", "workflow '{}', trigger '{}': {}", facts.workflow, facts.trigger,
                problem->message);
  if (!problem && !before.empty())
    log_info("triggers", "workflow '{}', trigger '{}': its files are seen again", facts.workflow,
             facts.trigger);
  watched.problem = problem;
}

Result<std::vector<FileTriggerFacts>> FileTriggers::read_triggers() {
  std::vector<FileTriggerFacts> out;
  TRY(const auto reader, stack_.new_reader());
  store::Page page{limits::kPageMax, ""};
  do {
    TRY(const auto part, reader->workflows("", page));
    for (const store::WorkflowView& view : part.rows)
      for (const model::Trigger& trigger : view.row.triggers) {
        if (trigger.kind != model::TriggerKind::File) continue;
        FileTriggerFacts facts{view.row.name, trigger.id, trigger.source->file, {}};
        for (const model::TriggerRow& cursor : view.cursors)
          if (cursor.trigger == trigger.id) facts.since = cursor.cursor;
        out.push_back(std::move(facts));
      }
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return out;
}

// A trigger that stays as it was keeps what it knows.
void FileTriggers::reload() {
  auto all = read_triggers();
  if (!all.ok()) {
    news_ = true;
    return log_error("triggers", "file triggers can not be read: {}", all.error().message);
  }
  const Triggers before = triggers();
  Triggers now;
  for (FileTriggerFacts& facts : *all) {
    const Name name{facts.workflow, facts.trigger};
    const auto old = before.find(name);
    const bool stays = old != before.end() && old->second->trigger.facts() == facts;
    now[name] = stays ? old->second : std::make_shared<Watched>(std::move(facts));
  }
  const MutexLock lock(mutex_);
  triggers_ = std::move(now);
}

// Loop thread.
void FileTriggers::rewatch() {
  const Triggers now = triggers();
  std::erase_if(watches_, [&](const auto& entry) {
    const auto found = now.find(entry.first);
    return found == now.end() || found->second != entry.second.first ||
           found->second->watch_again.exchange(false);
  });
  bool is_any_new = false;
  for (const auto& [name, watched] : now) {
    if (watches_.contains(name)) continue;
    const spec::FilePattern& pattern = watched->trigger.pattern();
    const auto changed = [this, watched] {
      watched->has_changed = true;
      look_soon();
    };
    watches_[name] = {watched, std::make_unique<FolderWatch>(stack_.loop(), pattern.folder,
                                                             depth_of(pattern), changed)};
    watched->has_changed = is_any_new = true;  // what came before it was watched
  }
  if (is_any_new) look_soon();
}

void FileTriggers::add_problems(std::vector<api::FileProblem>& all) const {
  for (const auto& [name, watched] : triggers()) {
    const MutexLock lock(watched->mutex);
    if (!watched->problem) continue;
    add_live_problem(all, name.first, diagnostic_of(watched->trigger.facts(), *watched->problem));
  }
}

}  // namespace gantry::app
