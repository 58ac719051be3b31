#include "forms/cells.h"

#include <algorithm>

#include "base/text.h"

namespace gantry::forms {

using spec::NodeId;

namespace {
struct Alias {
  std::string_view name;
  std::string_view key;
};
constexpr Alias kAliases[] = {{"任务", "task"},
                              {"任务名", "task"},
                              {"名称", "task"},
                              {"前置", "needs"},
                              {"前置任务", "needs"},
                              {"依赖", "needs"},
                              {"标题", "title"},
                              {"说明", "description"},
                              {"负责人", "owner"},
                              {"命令", "run"},
                              {"脚本", "run"},
                              {"条件", "when"},
                              {"汇合", "join"},
                              {"超时", "timeout"},
                              {"重试", "retry.limit"},
                              {"重试次数", "retry.limit"},
                              {"重试间隔", "retry.delay"},
                              {"允许失败", "allow_failure"},
                              {"后台", "background"},
                              {"环境变量", "env"},
                              {"机密", "secrets"},
                              {"资源池", "pool"},
                              {"槽位", "slots"},
                              {"优先级", "priority"},
                              {"目录", "workdir"},
                              {"期限", "todo.due"},
                              {"due", "todo.due"},
                              {"处理人", "todo.assign"},
                              {"审批人", "approval.by"},
                              {"更多", "more"},
                              {"时区", "timezone"},
                              {"参数", "params"},
                              {"触发器", "triggers"},
                              {"定时", "cron"},
                              {"间隔", "every"},
                              {"标签", "labels"},
                              {"启用", "enabled"},
                              {"并发", "concurrency.limit"}};

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
         text.back() == text.front();
}

constexpr std::string_view kGuarded = "=+-@\t\r";

// Whether a text behind any number of ' begins like a formula.
bool is_formula(std::string_view text) {
  const std::size_t at = text.find_first_not_of('\'');
  return at != std::string_view::npos && kGuarded.find(text[at]) != std::string_view::npos;
}

// Splits at ; and its Chinese siblings.
std::vector<std::string_view> items_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    std::size_t at = std::string_view::npos, size = 0;
    for (const std::string_view sign : {";", "；", "、"}) {
      const std::size_t found = text.find(sign);
      if (found < at) at = found, size = sign.size();
    }
    if (const auto item = trim(text.substr(0, at)); !item.empty()) out.push_back(item);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + size);
  }
}

NodeId list_of(std::string_view text, model::SourcePlace place, Growth& growth) {
  const NodeId list = growth.list(place);
  for (const std::string_view item : items_of(text)) growth.push(list, growth.plain(item, place));
  return list;
}
}  // namespace

std::string key_of_column(std::string_view name) {
  name = trim(name);
  for (const Alias& alias : kAliases)
    if (alias.name == name) return std::string(alias.key);
  return to_lower(name);
}

CellForm cell_form_of(const spec::KeySet& keys, std::string_view path) {
  const std::size_t dot = path.find('.');
  const spec::Key* key = spec::find_key(keys, path.substr(0, dot));
  if (key == nullptr) return path == "needs" ? CellForm::Names : CellForm::Value;
  if (dot != std::string_view::npos)
    return key->keys == nullptr ? CellForm::Value : cell_form_of(*key->keys, path.substr(dot + 1));
  switch (key->form) {
    case spec::Form::Texts:
    case spec::Form::Wholes: return CellForm::Names;
    case spec::Form::Text:
    case spec::Form::Template:
    case spec::Form::Expression:
    case spec::Form::Choice:
      return path == "run" || path == "description" ? CellForm::Script : CellForm::Line;
    default: return CellForm::Value;
  }
}

std::string guarded(std::string_view text) {
  return (is_formula(text) ? "'" : "") + std::string(text);
}

std::string_view unguarded(std::string_view text) {
  if (text.starts_with('\'') && is_formula(text)) text.remove_prefix(1);
  return text;
}

std::optional<NodeId> value_of_cell(std::string_view text, model::SourcePlace place, CellForm form,
                                    Growth& growth, spec::Tree& tree, spec::Diagnostics& problems) {
  if (form == CellForm::Script) return growth.text(text, place);
  const std::string_view content = trim(text);
  place.column += static_cast<int>(text.find(content));
  if (form == CellForm::Line) return growth.text(content, place);
  const bool is_flow = content.starts_with('[') || content.starts_with('{');
  if (is_flow || (form == CellForm::Value && is_quoted(content))) {
    const auto value = spec::parse_value(content, place, tree, problems);
    if (!value && !problems.has_errors())
      problems.add(spec::TableSyntax, place, refuse({"a value is missing", "缺少值"}));
    return value;
  }
  if (form == CellForm::Names) return list_of(content, place, growth);
  return growth.plain(content, place);
}

}  // namespace gantry::forms
