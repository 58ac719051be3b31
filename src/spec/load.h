// spec: text -> model. All errors at once, each with file:line:column, a stable code, a message
// and, where there is one, a suggestion. Pure but for the files a workflow names, which come
// through FileSource.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "model/workflow.h"

namespace gantry::spec {

enum class Severity { Error, Warning, Hint };

struct Diagnostic {
  std::string file;
  int line = 0;    // 1-based
  int column = 0;  // 1-based, in code points
  Severity severity = Severity::Error;
  std::string code;  // "unknown-key": names the page docs/en/lint/unknown-key.md
  std::string message;
  std::string suggestion;  // "needs", for "did you mean needs?"; may be empty
  std::string zh = {};     // the message in Chinese
  bool operator==(const Diagnostic&) const = default;
};

const std::string& message_in(const Diagnostic& diagnostic, Lang lang);
// "flows/a.yaml:3:5: error: a task has no key 'need' (did you mean 'needs'?) [unknown-key]"
std::string to_line(const Diagnostic& diagnostic, Lang lang = Lang::En);
Error to_error(const Diagnostic& diagnostic);  // the line in both languages

// Reads the files a workflow names: paths relative to the workflow's folder.
class FileSource {
 public:
  virtual ~FileSource() = default;
  // The content and executable bit; NotFound if there is none. Never outside the folder.
  virtual Result<model::VersionFile> read(const std::string& path) const = 0;
  // Files that match a glob with *, ?, ** and [..], sorted.
  virtual Result<std::vector<std::string>> glob(const std::string& pattern) const = 0;
};

struct LoadResult {
  std::optional<model::Definition> definition;  // set if there is no error
  std::vector<Diagnostic> diagnostics;  // sorted by place; may hold warnings with a definition
};

struct KnownCalendars;  // calendars.h

// `name` is the workflow's name (its path without extension), `file` what messages call it. Without
// `calendars` it is not checked whether those that triggers name are there.
LoadResult load(std::string_view text, const std::string& name, const std::string& file,
                const FileSource& files, const KnownCalendars* calendars = nullptr);

// For versions that are already stored: no files are read, no hash is computed.
LoadResult load_stored(std::string_view text, const std::string& name);

}  // namespace gantry::spec
