// The stable codes of diagnostics. Each has a page docs/en/lint/NAME.md and docs/zh/lint/NAME.md
// and a file in tests/spec/bad that shows it; a test compares the four.
#pragma once

#include <array>
#include <string_view>

#include "spec/load.h"

namespace gantry::spec {

enum class Lint {
  // The text
  FileTooBig,
  NotUtf8,
  ControlCharacter,
  TabIndent,
  YamlSyntax,
  SeveralDocuments,
  TooDeep,
  TooManyNodes,
  TooManyAliases,
  UnknownAlias,
  AliasLoop,
  UnknownTag,
  DuplicateKey,
  MergeKey,
  EmptyFile,
  TooManyErrors,
  // Keys and values
  UnknownKey,
  NotAvailable,
  MissingKey,
  MisplacedKey,
  WrongType,
  BadValue,
  OutOfRange,
  BadName,
  ReservedName,
  DuplicateName,
  BadDuration,
  BadDate,
  BadZone,
  BadCron,
  BadPath,
  // Tasks
  NoTasks,
  TooManyTasks,
  DoesNothing,
  TwoActions,
  UnknownTask,
  NeedsSelf,
  NeedsCycle,
  NeedsOtherSection,
  NeedsBackground,
  JoinWithoutNeeds,
  TimeoutMissing,
  // Expressions
  ExpressionInRun,
  ExpressionNotHere,
  BadExpression,
  UnknownReference,
  NotUpstream,
  SecretInExpression,
  // Triggers
  UnknownParam,
  MissingParam,
  TriggerCycle,
  UnknownCalendar,
  WeekdayWithCalendar,
  CalendarEnds,
  // Files
  FileMissing,
  FileOutside,
  FilesTooBig,
  // People
  BadMail,
  UnknownPerson,
  ManagerCycle,
  // Flowcharts and tables
  MermaidSyntax,
  TableSyntax,
  BadDecision,
  DrawingOnly,
};

struct LintInfo {
  Lint code;
  std::string_view name;
  Severity severity;    // what it usually is; some places are milder, and say so
  std::string_view zh;  // what it means, in front of a message that is not translated
};

using enum Lint;

inline constexpr std::array kLints{
    LintInfo{FileTooBig, "file-too-big", Severity::Error, "文件太大"},
    LintInfo{NotUtf8, "not-utf8", Severity::Error, "不是 UTF-8 编码"},
    LintInfo{ControlCharacter, "control-character", Severity::Error, "含有控制字符"},
    LintInfo{TabIndent, "tab-indent", Severity::Error, "用制表符缩进"},
    LintInfo{YamlSyntax, "yaml-syntax", Severity::Error, "YAML 语法错误"},
    LintInfo{SeveralDocuments, "several-documents", Severity::Error, "含有多个 YAML 文档"},
    LintInfo{TooDeep, "too-deep", Severity::Error, "嵌套太深"},
    LintInfo{TooManyNodes, "too-many-nodes", Severity::Error, "内容太多"},
    LintInfo{TooManyAliases, "too-many-aliases", Severity::Error, "别名太多"},
    LintInfo{UnknownAlias, "unknown-alias", Severity::Error, "未知的别名"},
    LintInfo{AliasLoop, "alias-loop", Severity::Error, "别名循环"},
    LintInfo{UnknownTag, "unknown-tag", Severity::Error, "未知的标签"},
    LintInfo{DuplicateKey, "duplicate-key", Severity::Error, "键重复"},
    LintInfo{MergeKey, "merge-key", Severity::Error, "不支持合并键"},
    LintInfo{EmptyFile, "empty-file", Severity::Error, "文件为空"},
    LintInfo{TooManyErrors, "too-many-errors", Severity::Error, "错误太多"},
    LintInfo{UnknownKey, "unknown-key", Severity::Error, "未知的键"},
    LintInfo{NotAvailable, "not-available", Severity::Error, "此版本尚不支持"},
    LintInfo{MissingKey, "missing-key", Severity::Error, "缺少键"},
    LintInfo{MisplacedKey, "misplaced-key", Severity::Error, "键的位置不对"},
    LintInfo{WrongType, "wrong-type", Severity::Error, "类型不对"},
    LintInfo{BadValue, "bad-value", Severity::Error, "取值不对"},
    LintInfo{OutOfRange, "out-of-range", Severity::Error, "超出范围"},
    LintInfo{BadName, "bad-name", Severity::Error, "名称不合规则"},
    LintInfo{ReservedName, "reserved-name", Severity::Error, "保留的名称"},
    LintInfo{DuplicateName, "duplicate-name", Severity::Error, "名称重复"},
    LintInfo{BadDuration, "bad-duration", Severity::Error, "时长写法不对"},
    LintInfo{BadDate, "bad-date", Severity::Error, "日期写法不对"},
    LintInfo{BadZone, "bad-zone", Severity::Error, "未知的时区"},
    LintInfo{BadCron, "bad-cron", Severity::Error, "cron 表达式无效"},
    LintInfo{BadPath, "bad-path", Severity::Error, "路径不对"},
    LintInfo{NoTasks, "no-tasks", Severity::Error, "没有任务"},
    LintInfo{TooManyTasks, "too-many-tasks", Severity::Error, "任务太多"},
    LintInfo{DoesNothing, "does-nothing", Severity::Error, "任务什么也不做"},
    LintInfo{TwoActions, "two-actions", Severity::Error, "任务有多个动作"},
    LintInfo{UnknownTask, "unknown-task", Severity::Error, "未知的任务"},
    LintInfo{NeedsSelf, "needs-self", Severity::Error, "任务依赖自身"},
    LintInfo{NeedsCycle, "needs-cycle", Severity::Error, "循环依赖"},
    LintInfo{NeedsOtherSection, "needs-other-section", Severity::Error, "依赖另一节的任务"},
    LintInfo{NeedsBackground, "needs-background", Severity::Error, "依赖后台任务"},
    LintInfo{JoinWithoutNeeds, "join-without-needs", Severity::Warning, "没有上游却写了汇合规则"},
    LintInfo{TimeoutMissing, "timeout-missing", Severity::Hint, "没有超时"},
    LintInfo{ExpressionInRun, "expression-in-run", Severity::Error, "脚本中不能写表达式"},
    LintInfo{ExpressionNotHere, "expression-not-here", Severity::Error, "此处不能写表达式"},
    LintInfo{BadExpression, "bad-expression", Severity::Error, "表达式无效"},
    LintInfo{UnknownReference, "unknown-reference", Severity::Error, "引用了不存在的值"},
    LintInfo{NotUpstream, "not-upstream", Severity::Error, "引用的任务不在上游"},
    LintInfo{SecretInExpression, "secret-in-expression", Severity::Error, "表达式中不能用机密"},
    LintInfo{UnknownParam, "unknown-param", Severity::Error, "未知的参数"},
    LintInfo{MissingParam, "missing-param", Severity::Error, "缺少参数"},
    LintInfo{TriggerCycle, "trigger-cycle", Severity::Error, "触发器循环"},
    LintInfo{UnknownCalendar, "unknown-calendar", Severity::Error, "未知的日历"},
    LintInfo{WeekdayWithCalendar, "weekday-with-calendar", Severity::Error, "日历与星期同用"},
    LintInfo{CalendarEnds, "calendar-ends", Severity::Warning, "日历缺少年份"},
    LintInfo{FileMissing, "file-missing", Severity::Error, "文件不存在"},
    LintInfo{FileOutside, "file-outside", Severity::Error, "文件在工作流文件夹之外"},
    LintInfo{FilesTooBig, "files-too-big", Severity::Error, "文件总量太大"},
    LintInfo{BadMail, "bad-mail", Severity::Error, "邮件地址不对"},
    LintInfo{UnknownPerson, "unknown-person", Severity::Error, "未知的人员"},
    LintInfo{ManagerCycle, "manager-cycle", Severity::Error, "上级关系成环"},
    LintInfo{MermaidSyntax, "mermaid-syntax", Severity::Error, "流程图语法错误"},
    LintInfo{TableSyntax, "table-syntax", Severity::Error, "表格语法错误"},
    LintInfo{BadDecision, "bad-decision", Severity::Error, "判断节点不对"},
    LintInfo{DrawingOnly, "drawing-only", Severity::Warning, "只影响绘图"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kLints.size(); ++i)
    if (static_cast<std::size_t>(kLints[i].code) != i) return false;
  return true;
}
static_assert(in_order(), "the table has one row per code, in the order of the enum");

constexpr const LintInfo& info_of(Lint code) { return kLints[static_cast<std::size_t>(code)]; }

}  // namespace gantry::spec
