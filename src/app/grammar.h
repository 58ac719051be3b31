// The commands as data: what `gantry` accepts, how help shows it, what a shell completes. The
// parser (cli.cpp), the completion scripts and the reference page are made from these rows.
//
// A row's options are plain variables that live as long as the row (a shared pointer in its `run`).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "app/commands.h"
#include "base/text.h"

namespace gantry::app {

enum class Group { Start, Look, Act, Administer };
inline constexpr Group kGroups[] = {Group::Start, Group::Look, Group::Act, Group::Administer};
Text title_of(Group group);

// What a shell offers for an argument.
enum class Offers { Nothing, Files, Folders, Workflows, Runs, Tasks, Topics };

using Target = std::variant<bool*, int*, std::string*, std::vector<std::string>*>;

struct Argument {
  std::string names;  // "RUN": by its place; "-f,--follow": an option
  Target into;        // bool: a flag; a vector takes several
  Text help;
  bool required = false;
  int min = 0, max = 0;  // of numbers; both 0: any
  std::vector<std::string> choices = {};
  Offers offers = Offers::Nothing;
  bool not_empty = false;   // of a text: '' is refused
  bool takes_rest = false;  // all that follows, options too: a command line to run
};

struct Command {
  std::string name;  // "runs"; "token create" is a command below `token`
  Group group = Group::Look;
  Text about;
  std::string example;    // a whole line that works
  bool everyday = false;  // in `gantry --help`; the others by `gantry help --all`
  std::vector<Argument> arguments = {};
  std::function<int()> run;
};

// Every command of the program, in the order of the help. `context` outlives them.
std::vector<Command> all_commands(Context& context);

// The rows of each group, one file each: grammar_*.cpp.
void add_start_commands(Context& context, std::vector<Command>& out);
void add_look_commands(Context& context, std::vector<Command>& out);
void add_calendar_commands(Context& context, std::vector<Command>& out);
void add_act_commands(Context& context, std::vector<Command>& out);
void add_operate_commands(Context& context, std::vector<Command>& out);
void add_event_commands(Context& context, std::vector<Command>& out);
void add_backfill_commands(Context& context, std::vector<Command>& out);
void add_administer_commands(Context& context, std::vector<Command>& out);
void add_author_commands(Context& context, std::vector<Command>& out);
void add_access_commands(Context& context, std::vector<Command>& out);
void add_keep_commands(Context& context, std::vector<Command>& out);

Argument run_argument(std::string* into);
Argument workflow_file_argument(std::string* into);
Argument server_workflow_option(std::string* into);
Argument task_argument(std::string* into, Text help, bool required = false);

}  // namespace gantry::app
