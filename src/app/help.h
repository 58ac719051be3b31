// Help pages, made from the rows of grammar.h.
#pragma once

#include <string>
#include <vector>

#include "app/grammar.h"

namespace gantry::app {

// `gantry --help`: the commands of every day; with `all`, every command.
std::string help_overview(const std::vector<Command>& commands, bool all, Lang lang);
std::string help_page(const Command& command, Lang lang);
std::string help_exit_codes(Lang lang);
Error no_command(const std::string& name, const std::vector<Command>& commands);

// What every command takes.
std::vector<Argument> common_arguments(Context& context);

bool is_option(const Argument& argument);     // "-f,--follow", not "RUN"
bool is_setting(const Argument& argument);    // a flag of settings.h
std::string shown(const Argument& argument);  // "-n, --limit LIMIT", "--once", "RUN"
std::string usage(const Command& command);    // "gantry cancel [OPTIONS] RUN"

}  // namespace gantry::app
