#include <csignal>

#include "app/cli.h"

int main(int argc, char** argv) {
  // A reader that goes away (`gantry logs | head`) is an error of write(), not a death.
  std::signal(SIGPIPE, SIG_IGN);
  return gantry::app::run_command_line(argc, argv);
}
