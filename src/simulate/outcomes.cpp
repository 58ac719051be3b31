#include "simulate/outcomes.h"

#include <algorithm>

#include "base/explain.h"
#include "spec/fields.h"

namespace gantry::simulate {

namespace {

using spec::Fields;
using spec::Node;
using spec::Source;

constexpr std::string_view kKeys[] = {"takes", "exit", "outputs", "stdout", "files"};
constexpr spec::DurationRange kTakes{Duration{0}, days(366)};
constexpr spec::IntRange kExit{0, 255};

void check_keys(const Source& source, const Node& map) {
  for (std::size_t i = 0; i < map.children.size(); i += 2) {
    const Node& key = source.tree.at(map.children[i]);
    if (std::find(std::begin(kKeys), std::end(kKeys), key.text) == std::end(kKeys))
      source.problems.add(spec::UnknownKey, key.place,
                          refuse({"an outcome has no key '{}'; there are takes, exit, outputs, "
                                  "stdout, files",
                                  "结果没有键“{}”；可用 takes、exit、outputs、stdout、files"},
                                 key.text));
  }
}

Outcome read_outcome(const Source& source, const Node& map) {
  check_keys(source, map);
  const Fields fields(source, map);
  Outcome outcome;
  if (const auto takes = fields.duration("takes", kTakes)) outcome.takes = *takes;
  if (const auto code = fields.whole("exit", kExit)) outcome.exit_code = static_cast<int>(*code);
  if (const auto text = fields.text("stdout")) outcome.printed = *text;
  if (const Node* outputs = fields.map("outputs"))
    outcome.outputs = spec::read_json(source, *outputs, "outputs");
  if (const Node* files = fields.map("files"))
    for (std::size_t i = 0; i + 1 < files->children.size(); i += 2)
      outcome.files[source.tree.at(files->children[i]).text] =
          source.tree.at(files->children[i + 1]).text;
  return outcome;
}

std::vector<Outcome> read_outcomes(const Source& source, const Node& key, const Node& value) {
  std::vector<Outcome> all;
  if (value.kind == spec::NodeKind::Map) return {read_outcome(source, value)};
  if (value.kind == spec::NodeKind::List)
    for (const spec::NodeId id : value.children)
      if (const Node& item = source.tree.at(id); item.kind == spec::NodeKind::Map)
        all.push_back(read_outcome(source, item));
  const bool is_good =
      value.kind == spec::NodeKind::List && !all.empty() && all.size() == value.children.size();
  if (!is_good)
    source.problems.add(spec::WrongType, key.place,
                        refuse({"'{}' is a map such as {{exit: 1}}, or a list of them",
                                "“{}”应为映射（例如 {{exit: 1}}）或由映射组成的列表"},
                               key.text));
  return all;
}

}  // namespace

Result<Outcomes> Outcomes::parse(std::string_view text, const std::string& file) {
  spec::Diagnostics problems(file);
  Outcomes out;
  if (const auto tree = spec::parse_yaml(text, problems)) {
    const Source source{*tree, problems};
    const Node& root = tree->root();
    for (std::size_t i = 0; i + 1 < root.children.size(); i += 2) {
      const Node& key = tree->at(root.children[i]);
      out.by_task_[key.text] = read_outcomes(source, key, tree->at(root.children[i + 1]));
    }
  }
  const auto found = problems.take();
  if (!found.empty()) return spec::to_error(found.front());
  return out;
}

std::vector<Outcome>& Outcomes::known(const std::string& task) {
  std::vector<Outcome>& all = by_task_[task];
  if (all.empty()) all.emplace_back();
  return all;
}

void Outcomes::fail(const std::string& task) {
  for (Outcome& outcome : known(task)) outcome.exit_code = 1;
}

void Outcomes::set_takes(const std::string& task, Duration takes) {
  for (Outcome& outcome : known(task)) outcome.takes = takes;
}

const Outcome& Outcomes::of(const std::string& task, int attempt) const {
  static const Outcome kUsual;
  const auto found = by_task_.find(task);
  if (found == by_task_.end()) return kUsual;
  const auto& all = found->second;
  const auto index = static_cast<std::size_t>(std::max(attempt, 1) - 1);
  return all[std::min(index, all.size() - 1)];
}

std::vector<std::string> Outcomes::tasks() const {
  std::vector<std::string> names;
  for (const auto& [name, outcomes] : by_task_) names.push_back(name);
  return names;
}

}  // namespace gantry::simulate
