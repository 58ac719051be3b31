// Writing workflows: eval, graph, convert.
#include "app/commands_convert.h"
#include "app/grammar.h"

namespace gantry::app {

namespace {
Command eval_command(Context& context) {
  auto o = std::make_shared<EvalOptions>();
  return {.name = "eval",
          .about = {"what an expression gives, to try it out", "计算一个表达式，便于试用"},
          .example = "gantry eval 'params.rows.filter(r, r > 2).size()' --data values.json",
          .arguments = {{.names = "EXPRESSION",
                         .into = &o->expression,
                         .help = {"without ${{ }}", "不写 ${{ }}"}},
                        {.names = "--data",
                         .into = &o->data,
                         .help = {"a JSON object with the names it sees: params, run, event ...",
                                  "JSON 对象，含其可见的名称：params、run、event……"},
                         .offers = Offers::Files},
                        {.names = "-p,--param",
                         .into = &o->params,
                         .help = {"name=value of params, a text; repeatable",
                                  "params 中的 名称=值（文本），可重复"}},
                        {.names = "--jsonl",
                         .into = &o->jsonl,
                         .help = {"lines of {\"expr\", \"bindings\"} on standard input; for each "
                                  "its value or error, with kinds",
                                  "标准输入每行为 {\"expr\", \"bindings\"}；逐行给出带类型的值或"
                                  "错误"}}},
          .run = [&context, o] { return eval(context, *o); }};
}

Command graph_command(Context& context) {
  auto o = std::make_shared<GraphOptions>();
  return {
      .name = "graph",
      .about = {"a drawing of a workflow: which task follows which", "工作流的图：任务之间的先后"},
      .example = "gantry graph etl.yaml --to svg > etl.svg",
      .arguments = {workflow_file_argument(&o->file),
                    server_workflow_option(&o->workflow),
                    {.names = "--to",
                     .into = &o->to,
                     .help = {"text (usual) or ascii for a terminal; svg; mermaid and dot for "
                              "other programs",
                              "text（默认）或 ascii 用于终端；svg；mermaid 与 dot 供其他程序"},
                     .choices = {"text", "ascii", "svg", "mermaid", "dot"}}},
      .run = [&context, o] { return graph(context, *o); }};
}

Command convert_command(Context& context) {
  auto o = std::make_shared<ConvertOptions>();
  return {.name = "convert",
          .about = {"a workflow file in another form: YAML, flowchart, table, drawing",
                    "把工作流文件转换为另一种形式：YAML、流程图、表格、图片"},
          .example = "gantry convert etl.yaml --to csv -o etl.flow.csv",
          .arguments = {workflow_file_argument(&o->file),
                        {.names = "--to",
                         .into = &o->to,
                         .help = {"yaml, mermaid (NAME.flow.mmd) and csv (NAME.flow.csv) hold the "
                                  "whole workflow; dot and svg only its drawing",
                                  "yaml、mermaid（名称.flow.mmd）和 csv（名称.flow.csv）保留整个"
                                  "工作流；dot 与 svg 只有图"},
                         .choices = {"yaml", "mermaid", "csv", "dot", "svg"}},
                        {.names = "-o,--out",
                         .into = &o->out,
                         .help = {"a new file; usual: standard output", "新文件；默认为标准输出"},
                         .offers = Offers::Files},
                        {.names = "--force",
                         .into = &o->force,
                         .help = {"replace the file of --out", "替换 --out 指定的文件"}}},
          .run = [&context, o] { return convert(context, *o); }};
}
}  // namespace

void add_author_commands(Context& context, std::vector<Command>& out) {
  out.push_back(eval_command(context));
  out.push_back(graph_command(context));
  out.push_back(convert_command(context));
}

}  // namespace gantry::app
