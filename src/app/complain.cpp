#include "app/complain.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/topics.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"

namespace gantry::app {

namespace {
constexpr std::size_t kPointersMax = 3;
}  // namespace

int complain(const Error& error) {
  const Lang lang = look_at_terminal().lang;
  fmt::print(stderr, "gantry: {}\n", printable(message_in(error, lang)));
  if (!error.topic.empty()) fmt::print(stderr, "{}\n", printable(pointer_to(error.topic, lang)));
  return exit_code_of(error.code);
}

void print_problems(std::FILE* out, const std::vector<spec::Diagnostic>& problems, Lang lang) {
  std::vector<std::string> codes;
  for (const spec::Diagnostic& problem : problems) {
    if (problem.severity == spec::Severity::Hint) continue;
    fmt::print(out, "{}\n", printable(spec::to_line(problem, lang)));
    const bool told = std::find(codes.begin(), codes.end(), problem.code) != codes.end();
    if (problem.severity == spec::Severity::Error && !told && codes.size() < kPointersMax)
      codes.push_back(problem.code);
  }
  for (const std::string& code : codes) fmt::print(out, "{}\n", pointer_to(code, lang));
}

std::optional<model::Definition> load_or_complain(const Context& context, const std::string& path) {
  LoadedFile file = load_workflow_file(path, workflow_name_of(base_name(path)));
  if (!file.result.definition)
    print_problems(stderr, file.result.diagnostics, context.terminal.lang);
  return std::move(file.result.definition);
}

}  // namespace gantry::app
