#include "app/commands_convert.h"

#include <fmt/format.h>

#include "app/complain.h"
#include "app/exit_code.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/limits.h"
#include "forms/convert.h"
#include "layout/flow.h"
#include "spec/diagnostics.h"

namespace gantry::app {

namespace {
std::optional<forms::Form> form_called(std::string_view name) {
  if (name == "yaml") return forms::Form::Yaml;
  if (name == "mermaid") return forms::Form::Mermaid;
  if (name == "csv") return forms::Form::Csv;
  return std::nullopt;
}

Status put_out(const ConvertOptions& options, const std::string& text) {
  if (options.out.empty()) {
    fmt::print("{}", text);
    return ok();
  }
  if (exists(options.out) && !options.force)
    return refuse({"{} is there; --force replaces it", "{} 已存在；--force 会替换它"}, options.out);
  constexpr mode_t kMode = 0644;
  return write_file_durably(options.out, text, kMode);
}

void tell_lost_comments(const Context& context, const std::string& file,
                        const forms::Conversion& conversion) {
  if (conversion.lost_comments == 0) return;
  const Text text{"{}:{}: warning: {} comments are not in the result; the first is here",
                  "{}:{}：警告：{} 条注释不在结果中；第一条在此处"};
  fmt::print(stderr, "{}\n",
             printable(fmt::format(fmt::runtime(text.in(context.terminal.lang)), file,
                                   conversion.first_comment_line, conversion.lost_comments)));
}

int convert_text(const Context& context, const ConvertOptions& options, forms::Form to) {
  const auto bytes = read_file(options.file, limits::kDefinitionBytesMax);
  if (!bytes.ok()) return complain(bytes.error());
  spec::Diagnostics problems(options.file);
  const auto conversion = forms::convert(*bytes, forms::form_of_path(options.file), to, problems);
  print_problems(stderr, problems.take(), context.terminal.lang);
  if (!conversion) return kInvalid;
  tell_lost_comments(context, options.file, *conversion);
  const Status done = put_out(options, conversion->text);
  return done.ok() ? kSucceeded : complain(done.error());
}

int convert_to_drawing(const Context& context, const ConvertOptions& options) {
  const auto definition = load_or_complain(context, options.file);
  if (!definition) return kInvalid;
  const layout::Flow flow = layout::flow_of(definition->workflow);
  const Status done =
      put_out(options, options.to == "dot" ? layout::to_dot(flow)
                                           : layout::to_svg(flow, definition->workflow.name));
  return done.ok() ? kSucceeded : complain(done.error());
}
}  // namespace

int convert(const Context& context, const ConvertOptions& options) {
  if (options.file.empty() || options.to.empty())
    return complain(refuse({"name a FILE and --to", "请给出 FILE 和 --to"}));
  const auto form = form_called(options.to);
  return form ? convert_text(context, options, *form) : convert_to_drawing(context, options);
}

}  // namespace gantry::app
