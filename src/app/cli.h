// The command line as a whole: parses argv, runs the command, returns the exit code.
#pragma once

namespace gantry::app {

int run_command_line(int argc, char** argv);

}  // namespace gantry::app
