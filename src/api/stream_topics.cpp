#include "api/stream_topics.h"

#include <charconv>

#include "base/explain.h"
#include "base/limits.h"
#include "base/text.h"

namespace gantry::api {

namespace {

Result<RunNo> run_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.begin(), text.end(), number);
  if (failure != std::errc() || end != text.end() || number <= 0)
    return refuse({"'topics': 'run:{}' needs the number of a run, as in 'run:42'",
                   "“topics”：“run:{}”需要运行的编号，如“run:42”"},
                  text.substr(0, limits::kNameBytesMax));
  return RunNo{number};
}

Status add_topic(StreamTopics& topics, std::string_view topic) {
  constexpr std::string_view kRun = "run:", kWorkflow = "workflow:";
  if (topic == "runs") {
    topics.runs = true;
  } else if (topic == "workflows") {
    topics.workflows = true;
  } else if (topic == "pools") {
    topics.pools = true;
  } else if (topic == "server") {
    topics.server = true;
  } else if (topic.starts_with(kRun)) {
    TRY(const RunNo run, run_of(topic.substr(kRun.size())));
    topics.run.insert(run);
  } else if (topic.starts_with(kWorkflow) && topic.size() > kWorkflow.size()) {
    topics.workflow.emplace(topic.substr(kWorkflow.size()));
  } else {
    return refuse(
        {"'topics': there is no topic '{}'; there are runs, run:NUMBER, workflows, "
         "workflow:NAME, pools, server",
         "“topics”：没有主题“{}”；可用 runs、run:编号、workflows、workflow:名称、pools、server"},
        topic.substr(0, limits::kNameBytesMax));
  }
  return ok();
}

}  // namespace

bool StreamTopics::may_want(const Touched& touched) const {
  switch (touched.kind) {
    case Touched::Kind::Nothing: return false;
    case Touched::Kind::Run: return runs || !workflow.empty() || run.contains(touched.run);
    case Touched::Kind::Task:
    case Touched::Kind::Attempt: return run.contains(touched.run);
    case Touched::Kind::Workflow: return workflows || !workflow.empty();
  }
  return false;
}

bool StreamTopics::want(const Touched& touched, std::string_view workflow_name) const {
  if (!may_want(touched)) return false;
  if (touched.kind == Touched::Kind::Run)
    return runs || run.contains(touched.run) || workflow.contains(workflow_name);
  if (touched.kind == Touched::Kind::Workflow) return workflows || workflow.contains(workflow_name);
  return true;
}

Result<StreamTopics> parse_topics(std::string_view text) {
  StreamTopics topics;
  const auto parts = split(text, ',');
  if (parts.size() > limits::kStreamTopicsMax)
    return refuse({"'topics': more than {} topics; open another stream, or use 'runs'",
                   "“topics”：超过 {} 个主题；请另开一个流，或使用“runs”"},
                  limits::kStreamTopicsMax);
  for (const std::string_view part : parts) TRY_STATUS(add_topic(topics, trim(part)));
  return topics;
}

}  // namespace gantry::api
