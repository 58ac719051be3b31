#include "core/outputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/explain.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "core/plan.h"
#include "core/scope.h"
#include "expr/evaluate.h"

namespace gantry::core {

using model::AttemptReport;

namespace {

class OutputScope : public RunScope {
 public:
  OutputScope(const Run& run, TaskRef ref, const Surroundings& around, const AttemptReport& report,
              const std::vector<std::string>& captures, const ValueMap& outputs)
      : RunScope(run, ref, around), report_(report), captures_(captures), outputs_(outputs) {}

  std::optional<Value> lookup(std::string_view name) const override {
    if (name == "outputs") return Value(outputs_);
    if (name == "exit_code") return Value(std::int64_t{report_.exit_code});
    if (name == "stdout") return captured("");
    return RunScope::lookup(name);
  }

  Result<Value> file(std::string_view path) const override {
    if (auto text = captured(path)) return *std::move(text);
    return RunScope::file(path);
  }

 private:
  std::optional<Value> captured(std::string_view path) const {
    const auto at = std::find(captures_.begin(), captures_.end(), path);
    const auto index = static_cast<std::size_t>(at - captures_.begin());
    if (index >= report_.captured.size()) return std::nullopt;
    return Value(report_.captured[index]);
  }

  const AttemptReport& report_;
  const std::vector<std::string>& captures_;
  const ValueMap& outputs_;
};

void put(ValueMap& map, const std::string& name, Value value) {
  for (auto& [known, old] : map)
    if (known.as_string() == name) {
      old = std::move(value);
      return;
    }
  map.emplace_back(name, std::move(value));
}

Status check_texts(const AttemptReport& report) {
  for (const std::string& text : report.captured)
    if (!is_utf8(text))
      return refuse({"what 'outputs' read is not UTF-8", "'outputs' 读取的内容不是 UTF-8"});
  return ok();
}

}  // namespace

bool has_outputs(const Run& run, TaskRef ref) {
  const TaskTemplates* templates = run.plan->templates(ref.task);
  return templates != nullptr && !templates->outputs.empty();
}

Result<Value> outputs_of(const Run& run, TaskRef ref, const AttemptReport& report,
                         const Surroundings& around) {
  if (!has_outputs(run, ref)) return report.outputs;
  const TaskTemplates* templates = run.plan->templates(ref.task);
  TRY_STATUS(check_texts(report));
  ValueMap outputs;
  if (report.outputs.is(Value::Kind::Map)) outputs = report.outputs.as_map();
  const OutputScope scope(run, ref, around, report, templates->captures, outputs);
  for (const auto& [name, expression] : templates->outputs) {
    auto value = expr::evaluate(expression, scope);
    const std::string where = "outputs." + name;
    if (!value.ok()) return within({where, where}, value.error());
    put(outputs, name, *std::move(value));
  }
  Value all(std::move(outputs));
  if (all.size_bytes() <= limits::kTaskOutputsBytesMax) return all;
  return refuse({"the outputs are over the limit of {} bytes: hand on larger values as files",
                 "输出超过 {} 字节的上限：较大的值请以文件传递"},
                limits::kTaskOutputsBytesMax);
}

AttemptReport with_outputs(const Run& run, TaskRef ref, const AttemptReport& report,
                           const Surroundings& around) {
  AttemptReport out = report;
  auto outputs = outputs_of(run, ref, report, around);
  out.captured.clear();
  if (outputs.ok()) {
    out.outputs = *std::move(outputs);
    return out;
  }
  out.state = model::AttemptState::Failed;
  out.reason = model::Reason::Outputs;
  out.error_tail = outputs.error().message;
  out.outputs = {};
  return out;
}

bool fit_in_run(const Run& run, const model::TaskRow& row, const Value& outputs) {
  const std::size_t before = row.outputs.is(Value::Kind::Null) ? 0 : row.outputs.size_bytes();
  return run.outputs_bytes - before + outputs.size_bytes() <= limits::kRunOutputsBytesMax;
}

}  // namespace gantry::core
