// Writing workflows: eval, graph, convert, diff, init, simulate.
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

Command diff_command(Context& context) {
  auto o = std::make_shared<DiffOptions>();
  return {
      .name = "diff",
      .about = {"what differs between two workflows by what they mean", "两个工作流在含义上的差异"},
      .example = "gantry diff etl.yaml",
      .arguments = {{.names = "BEFORE",
                     .into = &o->before,
                     .help = {"a file, or NAME or NAME@VERSION of the server; a file alone is "
                              "compared with the server's workflow of its name",
                              "文件，或服务器上的 名称、名称@版本；只给文件时与服务器上同名的"
                              "工作流比较"},
                     .required = true,
                     .offers = Offers::Files},
                    {.names = "AFTER",
                     .into = &o->after,
                     .help = {"the same; exit code 0: they mean the same, 1: they differ",
                              "同上；退出码 0：含义相同，1：有差异"},
                     .offers = Offers::Files}},
      .run = [&context, o] { return diff(context, *o); }};
}

Command init_command(Context& context) {
  auto o = std::make_shared<InitOptions>();
  return {.name = "init",
          .about = {"write a commented workflow to begin from", "写出一个带注释的入门工作流"},
          .example = "gantry init nightly",
          .arguments = {{.names = "NAME",
                         .into = &o->name,
                         .help = {"of the workflow; hello if none is given",
                                  "工作流的名称；不给出时为 hello"}},
                        {.names = "--folder",
                         .into = &o->folder,
                         .help = {"where it is written; else here", "写入的文件夹；默认为当前目录"},
                         .offers = Offers::Folders}},
          .run = [&context, o] { return init(context, *o); }};
}

std::vector<Argument> simulate_arguments(const std::shared_ptr<SimulateOptions>& o) {
  Argument file = workflow_file_argument(&o->file);
  file.required = true;
  return {file,
          {.names = "-p,--param",
           .into = &o->params,
           .help = {"name=value; repeatable", "名称=值，可重复"}},
          {.names = "--fail",
           .into = &o->failing,
           .help = {"a task whose attempts all fail; repeatable", "每次尝试都失败的任务，可重复"},
           .offers = Offers::Tasks},
          {.names = "--takes",
           .into = &o->takes,
           .help = {"TASK=DURATION, how long its attempts take (1s); repeatable",
                    "任务=时长，其每次尝试所用的时间（1s），可重复"}},
          {.names = "--script",
           .into = &o->script,
           .help = {"a YAML file: what the attempts of each task do",
                    "YAML 文件：各任务的尝试如何结束"},
           .offers = Offers::Files},
          {.names = "--runs",
           .into = &o->runs,
           .help = {"instead, the runs that timers would make, at most so many",
                    "改为列出定时器会产生的运行，最多这么多次"},
           .min = 1,
           .max = 10'000},
          {.names = "--from",
           .into = &o->from,
           .help = {"when it begins: a date or an instant; else now",
                    "开始时间：日期或时刻；默认为现在"}},
          {.names = "--for",
           .into = &o->span,
           .help = {"with --runs: how long timers are watched (7d)",
                    "与 --runs 一起：观察定时器多久（7d）"}},
          {.names = "--slots",
           .into = &o->slots,
           .help = {"processes at once (as configured)", "同时运行的进程数（按配置）"},
           .min = 1,
           .max = 10'000}};
}

Command simulate_command(Context& context) {
  auto o = std::make_shared<SimulateOptions>();
  return {.name = "simulate",
          .about = {"what a workflow would do, in virtual time; nothing is executed",
                    "工作流会如何进行，在虚拟时间中预演；不执行任何内容"},
          .example = "gantry simulate etl.yaml --fail load --takes extract=20m",
          .arguments = simulate_arguments(o),
          .run = [&context, o] { return simulate(context, *o); }};
}
}  // namespace

void add_author_commands(Context& context, std::vector<Command>& out) {
  out.push_back(eval_command(context));
  out.push_back(graph_command(context));
  out.push_back(convert_command(context));
  out.push_back(diff_command(context));
  out.push_back(init_command(context));
  out.push_back(simulate_command(context));
}

}  // namespace gantry::app
