// Hooks: the names under which triggers take requests of others (POST /hooks/NAME), and how each
// request shows that it is genuine. Read from the store at the start, then fed with what the
// engine commits. Any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "model/change.h"
#include "store/reader.h"

namespace gantry::api {

class Hooks {
 public:
  // At the start, and when the engine has recovered: a commit without an answer was never told.
  Status load(store::Reader& reader);
  // engine::Options::on_commit.
  void on_commit(std::span<const model::Change> changes);

  struct Found {
    model::HookSource hook;
    bool agreed = true;  // all triggers of this name say the same
  };
  std::optional<Found> find(const std::string& name) const;

  // A hook whose triggers differ takes nothing: each of its workflows, in order.
  struct Conflict {
    std::string workflow;
    std::string hook;
    std::vector<std::string> others;  // workflows; empty: its own triggers differ
  };
  std::vector<Conflict> conflicts() const;
  struct Use {
    std::string workflow;
    model::HookSource hook;
    bool operator==(const Use&) const = default;
  };
  std::vector<Use> uses() const;  // each once

 private:
  void put(const model::WorkflowRow& row) REQUIRES(mutex_);

  mutable Mutex mutex_;
  // Those of each workflow, by the hook's name.
  std::map<std::string, std::map<WorkflowId, std::vector<model::HookSource>>> hooks_
      GUARDED_BY(mutex_);
  std::map<WorkflowId, std::set<std::string>> hook_names_ GUARDED_BY(mutex_);
  std::map<WorkflowId, std::string> names_ GUARDED_BY(mutex_);  // of the workflows
};

using HeaderOf = std::function<std::string(std::string_view lower_case_name)>;

// What makes a delivery one of a kind.
struct Delivery {
  std::vector<std::string> keys;
  bool is_replay_refused = false;  // the first key is of this very request, not of what it tells
};

// Compares in constant time. Unauthenticated: it is not genuine, or too old; InvalidArgument: it
// is, but says not which delivery it is.
Result<Delivery> check_delivery(const model::HookSource& hook, const std::string& secret,
                                const HeaderOf& header, std::string_view body, Instant now);

// The content of a delivery as `event`: the members of a JSON object or of a form; of anything
// else `body`; and `_headers`, those that tell what it is.
Result<Value> content_of(const HeaderOf& header, const std::string& body);

}  // namespace gantry::api
