// `outputs` of a task.
#include "base/limits.h"
#include "expr/captures.h"
#include "spec/names.h"
#include "spec/tasks.h"

namespace gantry::spec {

namespace {

// What the expressions read; those that do not parse are reported with the other texts.
void check_captures(const Source& source, const model::Task& task, const Node& map) {
  std::vector<expr::Expression> all;
  for (const auto& [name, text] : task.outputs->values)
    if (auto parsed = expr::parse(text); parsed.ok()) all.push_back(*std::move(parsed));
  if (expr::captures_of(all).size() <= limits::kCapturesMax) return;
  source.problems.add(OutOfRange, map.place,
                      refuse({"'outputs' read at most {} different files and stdout",
                              "'outputs' 最多读取 {} 个不同的文件（含 stdout）"},
                             limits::kCapturesMax));
}

}  // namespace

void read_outputs(const Source& source, const Fields& fields, std::uint32_t index, Draft& draft,
                  model::Task& task) {
  const Node* map = fields.map("outputs");
  if (map == nullptr) return;
  model::Outputs outputs;
  for (std::size_t i = 0; i + 1 < map->children.size(); i += 2) {
    const Node& key = source.tree.at(map->children[i]);
    const Node& value = source.tree.at(map->children[i + 1]);
    if (!key.is_scalar()) continue;
    if (const auto fault = fault_of_id(key.text)) source.problems.add(BadName, key.place, *fault);
    const auto text = read_text(source, value, key.text);
    if (!text) continue;
    const std::size_t at = text->find("${{");
    if (at != std::string::npos) {
      source.problems.add(BadExpression, source.tree.place_in(value, at),
                          refuse({"'outputs' are expressions: write them without ${{{{ }}}}",
                                  "'outputs' 本身就是表达式：不写 ${{{{ }}}}"}));
      continue;
    }
    draft.texts.push_back({&value, ScopeKind::Output, index});
    outputs.values.emplace_back(key.text, *text);
  }
  task.outputs = std::move(outputs);
  check_captures(source, task, *map);
}

}  // namespace gantry::spec
