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
  // Files
  FileMissing,
  FileOutside,
  FilesTooBig,
};

struct LintInfo {
  Lint code;
  std::string_view name;
  Severity severity;  // what it usually is; some places are milder, and say so
};

using enum Lint;

inline constexpr std::array kLints{
    LintInfo{FileTooBig, "file-too-big", Severity::Error},
    LintInfo{NotUtf8, "not-utf8", Severity::Error},
    LintInfo{ControlCharacter, "control-character", Severity::Error},
    LintInfo{TabIndent, "tab-indent", Severity::Error},
    LintInfo{YamlSyntax, "yaml-syntax", Severity::Error},
    LintInfo{SeveralDocuments, "several-documents", Severity::Error},
    LintInfo{TooDeep, "too-deep", Severity::Error},
    LintInfo{TooManyNodes, "too-many-nodes", Severity::Error},
    LintInfo{TooManyAliases, "too-many-aliases", Severity::Error},
    LintInfo{UnknownAlias, "unknown-alias", Severity::Error},
    LintInfo{AliasLoop, "alias-loop", Severity::Error},
    LintInfo{UnknownTag, "unknown-tag", Severity::Error},
    LintInfo{DuplicateKey, "duplicate-key", Severity::Error},
    LintInfo{MergeKey, "merge-key", Severity::Error},
    LintInfo{EmptyFile, "empty-file", Severity::Error},
    LintInfo{TooManyErrors, "too-many-errors", Severity::Error},
    LintInfo{UnknownKey, "unknown-key", Severity::Error},
    LintInfo{NotAvailable, "not-available", Severity::Error},
    LintInfo{MissingKey, "missing-key", Severity::Error},
    LintInfo{MisplacedKey, "misplaced-key", Severity::Error},
    LintInfo{WrongType, "wrong-type", Severity::Error},
    LintInfo{BadValue, "bad-value", Severity::Error},
    LintInfo{OutOfRange, "out-of-range", Severity::Error},
    LintInfo{BadName, "bad-name", Severity::Error},
    LintInfo{ReservedName, "reserved-name", Severity::Error},
    LintInfo{DuplicateName, "duplicate-name", Severity::Error},
    LintInfo{BadDuration, "bad-duration", Severity::Error},
    LintInfo{BadDate, "bad-date", Severity::Error},
    LintInfo{BadZone, "bad-zone", Severity::Error},
    LintInfo{BadCron, "bad-cron", Severity::Error},
    LintInfo{BadPath, "bad-path", Severity::Error},
    LintInfo{NoTasks, "no-tasks", Severity::Error},
    LintInfo{TooManyTasks, "too-many-tasks", Severity::Error},
    LintInfo{DoesNothing, "does-nothing", Severity::Error},
    LintInfo{TwoActions, "two-actions", Severity::Error},
    LintInfo{UnknownTask, "unknown-task", Severity::Error},
    LintInfo{NeedsSelf, "needs-self", Severity::Error},
    LintInfo{NeedsCycle, "needs-cycle", Severity::Error},
    LintInfo{NeedsOtherSection, "needs-other-section", Severity::Error},
    LintInfo{NeedsBackground, "needs-background", Severity::Error},
    LintInfo{JoinWithoutNeeds, "join-without-needs", Severity::Warning},
    LintInfo{TimeoutMissing, "timeout-missing", Severity::Hint},
    LintInfo{ExpressionInRun, "expression-in-run", Severity::Error},
    LintInfo{ExpressionNotHere, "expression-not-here", Severity::Error},
    LintInfo{BadExpression, "bad-expression", Severity::Error},
    LintInfo{UnknownReference, "unknown-reference", Severity::Error},
    LintInfo{NotUpstream, "not-upstream", Severity::Error},
    LintInfo{SecretInExpression, "secret-in-expression", Severity::Error},
    LintInfo{UnknownParam, "unknown-param", Severity::Error},
    LintInfo{MissingParam, "missing-param", Severity::Error},
    LintInfo{FileMissing, "file-missing", Severity::Error},
    LintInfo{FileOutside, "file-outside", Severity::Error},
    LintInfo{FilesTooBig, "files-too-big", Severity::Error},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kLints.size(); ++i)
    if (static_cast<std::size_t>(kLints[i].code) != i) return false;
  return true;
}
static_assert(in_order(), "the table has one row per code, in the order of the enum");

constexpr const LintInfo& info_of(Lint code) { return kLints[static_cast<std::size_t>(code)]; }

}  // namespace gantry::spec
