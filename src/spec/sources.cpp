#include "spec/sources.h"

#include <algorithm>

#include "base/text.h"
#include "model/codec.h"
#include "model/happening.h"
#include "spec/file_pattern.h"
#include "spec/names.h"
#include "spec/ranges.h"

namespace gantry::spec {

using model::SourceDetails;
using model::TriggerKind;

namespace {

class SourceReader {
 public:
  SourceReader(const Source& source, Draft& draft, const Node& map, const KeySet& keys)
      : source_(source), draft_(draft), map_(map), fields_(source, map) {
    check_keys(source_, map_, keys);
  }

  SourceDetails take() {
    if (const auto match = fields_.plain_text("match")) {
      details_.match = *match;
      draft_.texts.push_back({fields_.find("match"), ScopeKind::Match, 0});
    }
    return std::move(details_);
  }

  void read_event() {
    const auto name = needed("name");
    if (!name) return;
    if (name->size() > limits::kEventNameBytesMax)
      source_.problems.add(
          OutOfRange, fields_.find("name")->place,
          refuse({"the name of an event has at most {} bytes", "事件名最多 {} 字节"},
                 limits::kEventNameBytesMax));
    details_.event.name = *name;
  }

  void read_webhook() {
    if (const auto name = needed("name")) {
      if (const auto fault = fault_of_id(*name))
        source_.problems.add(BadName, fields_.find("name")->place, *fault);
      details_.hook.name = *name;
    }
    if (const auto secret = needed("secret")) {
      if (!is_variable_name(*secret))
        source_.problems.add(BadName, fields_.find("secret")->place,
                             refuse({"a secret is named by letters, digits and '_', as in "
                                     "ORDERS_HOOK, not '{}'",
                                     "机密名由字母、数字和 '_' 组成，例如 ORDERS_HOOK，而不是“{}”"},
                                    *secret));
      details_.hook.secret = *secret;
    }
    const auto auth = fields_.plain_text("auth");
    if (!auth) return;
    if (const auto known = model::hook_auth_of(*auth))
      details_.hook.auth = *known;
    else
      bad("auth", *auth, {"hmac", "github", "gitlab", "alertmanager", "token"});
  }

  void read_file() {
    model::FileSource& file = details_.file;
    file.settle = fields_.duration("settle", kSettleRange).value_or(limits::kSettleUsual);
    file.batch = fields_.flag("batch").value_or(false);
    const auto path = needed("path");
    if (!path) return;
    file.path = *path;
    if (const Status fits = check_file_pattern(*path); !fits.ok())
      source_.problems.add(BadValue, fields_.find("path")->place, fits.error());
  }

  void read_completion() {
    const bool one = fields_.has("name");
    details_.completion.all = fields_.has("all");
    if (one == details_.completion.all)
      source_.problems.add(one ? MisplacedKey : MissingKey, map_.place,
                           refuse({"'workflow' has either 'name' or 'all'",
                                   "'workflow' 须有 'name' 或 'all' 之一"}));
    if (const auto name = fields_.plain_text("name")) add_workflow(*fields_.find("name"), *name);
    for (const Node* node : fields_.texts("all"))
      if (!refuse_expression(source_, *node, "all")) add_workflow(*node, node->text);
    read_states();
    const auto same = fields_.plain_text("same");
    if (same && *same != "date") bad("same", *same, {"date"});
    details_.completion.same_date = same && *same == "date";
    if (same && !details_.completion.all)
      source_.problems.add(MisplacedKey, fields_.key_place("same"),
                           refuse({"'same' belongs to 'all'", "'same' 只用于 'all'"}));
  }

 private:
  std::optional<std::string> needed(std::string_view key) {
    if (!fields_.has(key))
      source_.problems.add(MissingKey, map_.place,
                           refuse({"it needs '{}'", "需要 '{}'"}, std::string(key)));
    return fields_.plain_text(key);
  }

  void bad(std::string_view key, const std::string& given,
           const std::vector<std::string_view>& choices) {
    const std::vector<std::string> names(choices.begin(), choices.end());
    source_.problems.add(BadValue, fields_.find(key)->place,
                         refuse({"'{}' is one of {}, not '{}'", "'{}' 为 {} 之一，而不是“{}”"},
                                std::string(key), join(names, ", "), given),
                         source_.problems.suggest(given, choices));
  }

  void add_workflow(const Node& node, const std::string& name) {
    if (name == draft_.workflow.name)
      return source_.problems.add(
          TriggerCycle, node.place,
          refuse({"the workflow would start itself with the end of each run",
                  "该工作流会在每次运行结束时再次启动自身"}));
    auto& names = details_.completion.workflows;
    if (std::find(names.begin(), names.end(), name) != names.end())
      return source_.problems.add(
          DuplicateName, node.place,
          refuse({"the workflow '{}' is named twice", "工作流“{}”写了两次"}, name));
    names.push_back(name);
  }

  void read_states() {
    if (!fields_.has("states")) return;
    model::CompletionSource& wanted = details_.completion;
    wanted.succeeded = false;
    const auto nodes = fields_.texts("states");
    for (const Node* node : nodes) {
      if (node->text == "succeeded") wanted.succeeded = true;
      if (node->text == "failed") wanted.failed = true;
      if (node->text == "cancelled") wanted.cancelled = true;
      if (node->text != "succeeded" && node->text != "failed" && node->text != "cancelled")
        source_.problems.add(
            BadValue, node->place,
            refuse({"a state is succeeded, failed or cancelled, not '{}'",
                    "状态为 succeeded、failed 或 cancelled，而不是“{}”"},
                   node->text),
            source_.problems.suggest(node->text, {"succeeded", "failed", "cancelled"}));
    }
    if (nodes.empty())
      source_.problems.add(BadValue, fields_.key_place("states"),
                           refuse({"'states' names at least one", "'states' 至少要有一项"}));
  }

  const Source& source_;
  Draft& draft_;
  const Node& map_;
  Fields fields_;
  SourceDetails details_;
};

}  // namespace

void read_source(const Source& source, const Fields& fields, Draft& draft,
                 model::Trigger& trigger) {
  if (const Node* map = fields.map("event")) {
    SourceReader reader(source, draft, *map, kEventKeys);
    trigger.kind = TriggerKind::Event;
    reader.read_event();
    trigger.source = reader.take();
  }
  if (const Node* map = fields.map("file")) {
    SourceReader reader(source, draft, *map, kFileKeys);
    trigger.kind = TriggerKind::File;
    reader.read_file();
    trigger.source = reader.take();
  }
  if (const Node* map = fields.map("webhook")) {
    SourceReader reader(source, draft, *map, kWebhookKeys);
    trigger.kind = TriggerKind::Webhook;
    reader.read_webhook();
    trigger.source = reader.take();
  }
  if (const Node* map = fields.map("workflow")) {
    SourceReader reader(source, draft, *map, kCompletionKeys);
    trigger.kind = TriggerKind::Workflow;
    reader.read_completion();
    trigger.source = reader.take();
  }
}

}  // namespace gantry::spec
