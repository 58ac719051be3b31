#include <fmt/format.h>

#include <algorithm>

#include "reference/markdown.h"
#include "reference/pages.h"
#include "reference/words.h"
#include "spec/keys.h"

namespace gantry::reference {

namespace {

using spec::Form;
using spec::Key;
using spec::KeySet;
using spec::ScopeKind;

std::string codes(std::span<const std::string_view> names, Lang lang) {
  std::vector<std::string> parts;
  for (const std::string_view name : names) parts.push_back(code(name));
  return join(parts, Text{", ", "、"}.in(lang));
}

Text form_of(Form form) {
  switch (form) {
    case Form::Text: return {"text", "文本"};
    case Form::Template: return {"template", "模板"};
    case Form::Expression: return {"expression, without `${{ }}`", "表达式，不写 `${{ }}`"};
    case Form::Flag: return {"`true` or `false`", "`true` 或 `false`"};
    case Form::Mark: return {"`true`", "`true`"};
    case Form::Whole: return {"whole number", "整数"};
    case Form::Number: return {"number", "数字"};
    case Form::Duration: return {"duration", "时长"};
    case Form::Choice: return {"one of", "其中之一"};
    case Form::ChoiceOrMap: return {"a map, or one of", "映射，或其中之一"};
    case Form::Value: return {"a value of the type", "该类型的值"};
    case Form::Texts: return {"list of texts", "文本列表"};
    case Form::Wholes: return {"list of whole numbers", "整数列表"};
    case Form::Templates: return {"list of templates", "模板列表"};
    case Form::NamedTexts: return {"texts by name", "名称到文本的映射"};
    case Form::NamedExpressions: return {"expressions by name", "名称到表达式的映射"};
    case Form::NamedTemplates: return {"templates by name", "名称到模板的映射"};
    case Form::NamedValues: return {"values by name", "名称到值的映射"};
    case Form::Map: return {"map", "映射"};
    case Form::Maps: return {"maps by name", "名称到映射的映射"};
    case Form::Items: return {"list of maps", "映射的列表"};
    case Form::Elements: return {"list, or template that gives one", "列表，或给出列表的模板"};
    case Form::Dates: return {"list of dates, or dates with names", "日期列表，或带名称的日期"};
    case Form::Spans: return {"list of spans, also by day of the week", "时段列表，也可按星期给出"};
  }
  return {};
}

std::string range_of(const Key& key, Lang lang) {
  std::string min = fmt::format("{}", key.min), max = fmt::format("{}", key.max);
  if (key.form == Form::Duration) {
    min = format_duration({static_cast<std::int64_t>(key.min)});
    max = format_duration({static_cast<std::int64_t>(key.max)});
  }
  return fmt::format(fmt::runtime(Text{", {} to {}", "，{} 到 {}"}.in(lang)), min, max);
}

std::string type_of(const Key& key, Lang lang) {
  std::string text(form_of(key.form).in(lang));
  if (!key.choices.empty()) text += " " + codes(key.choices, lang);
  if (key.min != key.max) text += range_of(key, lang);
  if (key.keys != nullptr)
    text += fmt::format(fmt::runtime(Text{", keys `{}...`", "，键为 `{}...`"}.in(lang)),
                        key.keys->path);
  return text;
}

std::string default_of(const Key& key, Lang lang) {
  if (key.needed) return std::string(Text{"none, it is needed", "无，必需"}.in(lang));
  if (key.fallback != nullptr) return code(key.fallback());
  return std::string((key.usual.en.empty() ? Text{"none", "无"} : key.usual).in(lang));
}

std::string names_in(ScopeKind scope, Lang lang) {
  std::string names = codes(spec::names_of(scope), lang);
  if (scope == ScopeKind::ParamDefault)
    names += Text{"; of the params those that stand above it", "；参数只限在它之前的"}.in(lang);
  return names;
}

void add_key(Markdown& page, const KeySet& set, const Key& key) {
  const Lang lang = page.lang();
  page.heading(3, both(code(fmt::format("{}{}", set.path, key.name))));
  page.paragraph(key.about);
  page.fact({"Type", "类型"}, type_of(key, lang));
  page.fact({"Default", "默认值"}, default_of(key, lang));
  if (key.scope) page.fact({"May use", "可以使用"}, names_in(*key.scope, lang));
  page.fact({"Since", "自版本"}, key.since);
  page.block(key.example, "yaml");
}

void add_keys(Markdown& page, Text title, const KeySet& set) {
  page.heading(2, title);
  for (const Key& key : set.known) add_key(page, set, key);
  if (set.later.empty()) return;
  page.heading(
      3, both(fmt::format(fmt::runtime(Text{"Later: `{}...`", "以后版本：`{}...`"}.in(page.lang())),
                          set.path)));
  page.paragraph({"Keys of later versions. This one refuses them by name.",
                  "属于以后版本的键。本版本按名称拒绝。"});
  for (const std::string_view name : set.later) page.item(both(code(name)));
}

template <typename E>
void add_words(Markdown& page, Text title, E last) {
  page.heading(2, title);
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const E word = static_cast<E>(i);
    if (!name_of(word).empty()) page.item(name_of(word), meaning_of(word));
  }
}

void add_joins(Markdown& page) {
  add_words(page, {"Join rules", "汇合规则"}, kLastJoinRule);
  page.paragraph(
      {"N tasks in `needs`; S succeeded, K skipped, F failed (also interrupted, cancelled), U "
       "upstream_failed; D = S+K+F+U. \"now\" means without waiting for the others. Without "
       "`needs` "
       "every rule runs. `all` is another word for `all_success`, `any` for "
       "`none_failed_min_one_success`.",
       "`needs` 中有 N 个任务；S 个成功，K 个跳过，F 个失败（包括 interrupted、cancelled），U 个 "
       "upstream_failed；D = S+K+F+U。“立即”表示不等其他任务。没有 `needs` "
       "时，任何规则都会运行。`all` 即 `all_success`，`any` 即 `none_failed_min_one_success`。"});
}

void add_types(Markdown& page) {
  add_words(page, {"Types of params", "参数的类型"}, kLastParamType);
  page.paragraph(
      {"Each param is in the environment as `PARAM_` and its name in upper case with `_` for `-`: "
       "`business-date` is `PARAM_BUSINESS_DATE`.",
       "每个参数都在环境变量里：`PARAM_` 加上大写的名称，`-` 换成 `_`：`business-date` 即 "
       "`PARAM_BUSINESS_DATE`。"});
}

void add_scopes(Markdown& page) {
  const Lang lang = page.lang();
  page.heading(2, {"Names in expressions", "表达式中的名称"});
  page.paragraph({"What a key may use stands with the key. Secrets are in no expression.",
                  "每个键可以使用的名称见该键。任何表达式里都没有机密。"});
  page.item("run", both(codes(spec::kRunMembers, lang)));
  page.item("params", {"every param by its name", "按名称取每个参数"});
  page.item("env", {"the variables of the workflow's own `env`", "工作流自己的 `env` 中的变量"});
  page.item("tasks.NAME", both(codes(spec::kTaskMembers, lang)));
  page.paragraph(
      {"`tasks` are those that the task needs, directly or through others; in `finally` all of "
       "them, "
       "and there is `run.state`. A name that is no plain word is written `tasks[\"load-all\"]`.",
       "`tasks` 是该任务直接或间接依赖的任务；在 `finally` 中是所有任务，并且还有 "
       "`run.state`。名称不是普通单词时写作 `tasks[\"load-all\"]`。"});
}

void add_variables(Markdown& page) {
  page.heading(2, {"Environment of a task", "任务的环境变量"});
  page.paragraph(
      {"These, the params, `env` of workflow and task, and the secrets; nothing else of "
       "the server's own.",
       "下列变量，加上参数、工作流和任务的 `env` 以及机密；服务器的其他环境变量都没有。"});
  for (const TaskVariable& row : kTaskVariables) page.item(row.name, row.about);
  page.paragraph(
      {"A line of the file `$GANTRY_OUTPUT` is `name=value` or a JSON object; other "
       "tasks have it as `tasks.NAME.outputs.name`.",
       "文件 `$GANTRY_OUTPUT` 的每一行是 `name=value` 或 JSON 对象；其他任务以 "
       "`tasks.NAME.outputs.name` 使用它们。"});
}

void add_head(Markdown& page) {
  page.heading(1, {"Keys of the workflow file", "工作流文件的键"});
  page.paragraph(
      {"One YAML file is one workflow; its name is its path below `workflows/` without the "
       "extension. This page lists every key; [the format](../../format/workflow.md) says how a "
       "file "
       "is read, and what a version is.",
       "一个 YAML 文件就是一个工作流；它的名称是 `workflows/` "
       "之下的路径，不含扩展名。本页列出全部键；[格式说明](../format/workflow.md)"
       "讲述文件如何读取、什么是版本。"});
  page.paragraph(
      {"A duration is `250ms`, `10s`, `1h30m`, `2d`. A template is a text that may hold `${{ }}` "
       "with an expression. In a path, `NAME` stands for a name of yours.",
       "时长写作 `250ms`、`10s`、`1h30m`、`2d`。模板是可以含有 `${{ }}` 表达式的文本。路径中的 "
       "`NAME` 代表自定的名称。"});
}

}  // namespace

std::string keys_page(Lang lang) {
  Markdown page(lang);
  add_head(page);
  add_keys(page, {"Workflow", "工作流"}, spec::kWorkflowKeys);
  add_keys(page, {"Concurrency", "并发"}, spec::kConcurrencyKeys);
  add_keys(page, {"Defaults", "默认"}, spec::kDefaultsKeys);
  add_keys(page, {"Params", "参数"}, spec::kParamKeys);
  add_types(page);
  add_keys(page, {"Triggers", "触发器"}, spec::kTriggerKeys);
  add_keys(page, {"Events", "事件"}, spec::kEventKeys);
  add_keys(page, {"Files", "文件"}, spec::kFileKeys);
  add_keys(page, {"Webhooks", "Webhook"}, spec::kWebhookKeys);
  add_keys(page, {"Ends of runs", "运行的结束"}, spec::kCompletionKeys);
  add_keys(page, {"Tasks", "任务"}, spec::kTaskKeys);
  add_keys(page, {"Retry", "重试"}, spec::kRetryKeys);
  add_joins(page);
  add_scopes(page);
  add_variables(page);
  add_words(page, {"States of runs", "运行的状态"}, kLastRunState);
  add_words(page, {"States of tasks", "任务的状态"}, kLastTaskState);
  add_words(page, {"States of attempts", "尝试的状态"}, kLastAttemptState);
  add_words(page, {"Reasons", "原因"}, kLastReason);
  add_words(page, {"Causes of runs", "运行的起因"}, kLastCause);
  return page.take();
}

}  // namespace gantry::reference
