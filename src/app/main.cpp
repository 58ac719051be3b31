#include <csignal>

#include "app/cli.h"
#include "app/init.h"

int main(int argc, char** argv) {
  gantry::app::stand_in_as_init();
  // A reader that goes away (`gantry logs | head`) is an error of write(), not a death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write over `ulimit -f` fails, as on a full disk
  return gantry::app::run_command_line(argc, argv);
}
