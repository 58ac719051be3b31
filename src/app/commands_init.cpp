// init: a commented workflow to begin from.
#include <fcntl.h>
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/first_workflow.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "spec/load.h"

namespace gantry::app {

namespace {

// As the name of a workflow.
Status check_name(const std::string& name, std::string_view text) {
  const auto loaded = spec::load_stored(text, name);
  if (loaded.definition) return ok();
  const spec::Diagnostic& problem = loaded.diagnostics.front();
  return Error{Code::InvalidArgument, problem.message, problem.zh};
}

// Never over a file that is there.
Status write_new(const std::string& path, std::string_view text) {
  if (path.find('/') != std::string::npos) TRY_STATUS(make_directories(parent_path(path), 0755));
  if (exists(path))
    return explain(Code::AlreadyExists,
                   {"{} is there already; name another", "{} 已存在；请换一个名称"}, path);
  TRY(const Fd file, open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
  return write_all(file.get(), text);
}

Status write_first(const Context& context, const InitOptions& options, std::string& path) {
  const std::string name = options.name.empty() ? "hello" : workflow_name_of(options.name);
  const std::string text(kFirstWorkflow.in(context.terminal.lang));
  TRY_STATUS(check_name(name, text));
  path = join_path(options.folder.empty() ? "." : options.folder, name + ".yaml");
  if (path.starts_with("./")) path.erase(0, 2);
  return write_new(path, text);
}

}  // namespace

int init(const Context& context, const InitOptions& options) {
  std::string path;
  if (const Status written = write_first(context, options, path); !written.ok())
    return complain(written.error());
  if (context.json) {
    JsonWriter w;
    w.object().field("file", path).end();
    fmt::print("{}\n", w.text());
  } else if (!context.quiet) {
    fmt::print(fmt::runtime(in_language(context, {"{0} is written; try: gantry run {0}\n",
                                                  "已写入 {0}；试一试：gantry run {0}\n"})),
               path);
  }
  return kSucceeded;
}

}  // namespace gantry::app
