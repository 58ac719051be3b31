#include "app/grammar.h"

namespace gantry::app {

Text title_of(Group group) {
  switch (group) {
    case Group::Start: return {"Start", "启动"};
    case Group::Look: return {"Look", "查看"};
    case Group::Act: return {"Act", "操作"};
    case Group::Administer: return {"Administer", "管理"};
  }
  return {};
}

std::vector<Command> all_commands(Context& context) {
  std::vector<Command> out;
  add_start_commands(context, out);
  add_look_commands(context, out);
  add_calendar_commands(context, out);
  add_author_commands(context, out);
  add_act_commands(context, out);
  add_operate_commands(context, out);
  add_event_commands(context, out);
  add_backfill_commands(context, out);
  add_administer_commands(context, out);
  add_access_commands(context, out);
  add_keep_commands(context, out);
  return out;
}

Argument run_argument(std::string* into) {
  return {
      .names = "RUN",
      .into = into,
      .help = {"its number, or a workflow for its last run", "编号，或工作流名称（取最近一次）"},
      .required = true,
      .offers = Offers::Runs};
}

Argument workflow_file_argument(std::string* into) {
  return {.names = "FILE",
          .into = into,
          .help = {"of this workflow file", "此工作流文件"},
          .offers = Offers::Files};
}

Argument server_workflow_option(std::string* into) {
  return {.names = "--workflow",
          .into = into,
          .help = {"of this workflow of the server", "服务器上的此工作流"},
          .offers = Offers::Workflows};
}

Argument task_argument(std::string* into, Text help, bool required) {
  return {
      .names = "TASK", .into = into, .help = help, .required = required, .offers = Offers::Tasks};
}

}  // namespace gantry::app
