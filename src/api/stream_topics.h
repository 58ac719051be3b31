// What the reader of a live stream asked for: "runs", "run:42", "workflows", "workflow:NAME",
// "pools", "server", separated by commas (no name has one).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "api/stream_feed.h"
#include "base/result.h"

namespace gantry::api {

struct StreamTopics {
  bool runs = false;       // rows of the list of runs
  bool workflows = false;  // rows of the list of workflows
  bool pools = false;
  bool server = false;
  std::set<RunNo> run;                          // a run, its tasks and attempts
  std::set<std::string, std::less<>> workflow;  // its row and those of its runs

  // Whether a change of the object may be of interest, before its workflow is known.
  bool may_want(const Touched& touched) const;
  // `workflow_name` is the workflow itself, or that of the run.
  bool want(const Touched& touched, std::string_view workflow_name) const;
};

// InvalidArgument names the topic that is wrong.
Result<StreamTopics> parse_topics(std::string_view text);

}  // namespace gantry::api
