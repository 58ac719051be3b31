// ScenarioBench: carries out the commands of a scenario. scenario_bench.cpp has the commands,
// scenario_expect.cpp what `expect` compares.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "spec/calendars.h"
#include "testing/scenario_text.h"
#include "testing/sim_server.h"

namespace gantry::testing {

class ScenarioBench {
 public:
  ScenarioBench();

  // One command, then everything that follows from it at this instant.
  Status run(Line line);
  // No complaint of the server or the world so far.
  Status check() const;

 private:
  struct Place {
    RunNo run;
    std::string task;
  };

  Status dispatch(Line& line);
  void prepare();  // the server, before its first command
  Status limits(Line& line);
  Status workflow(Line& line);
  Status calendar(Line& line);
  Status trigger(Line& line);
  Status end(Line& line, model::AttemptState state);
  Status capture(AttemptId id, Line& line, model::AttemptReport& report);
  Status people(Line& line);
  Status lose(Line& line);
  Status drop(Line& line);
  Status remember(const Line& line, std::set<std::string>& names);
  Status repeat();
  Status crash();
  Status cancel(Line& line);
  Status resolve(Line& line);
  Status emit(Line& line);
  Status retry(Line& line);
  Status hold(Line& line, model::Hold what);
  Status pool(Line& line);
  Status advance(Line& line);
  Status at(Line& line);
  Status set_clock(Line& line);
  Status server(Line& line);
  Status reboot(Line& line);
  Status quarantine(Line& line);
  Status fail_commit(Line& line);
  Status expect(Line& line);

  Status expect_run(Line& line);
  Status expect_task(Line& line);
  Status expect_names(const Line& line);
  Status expect_why(const Line& line);
  Status expect_missed(Line& line);
  Status expect_history(const Line& line);
  Status expect_number(const Line& line);
  Status expect_wake(const Line& line);
  Status expect_start(Line& line);
  Status expect_phase(Line& line);

  Status ask(const std::function<model::Event(model::ReplyTo)>& make, Line& line, std::size_t next);
  void pass(Duration duration);
  Result<Place> place(const std::string& word) const;  // "load" or "2/load"
  Result<AttemptId> live(const std::string& word) const;
  std::string name_of(RunNo run, const std::string& task) const;  // as the scenario writes it
  template <typename Use>
  auto disk(Use use) {
    return server_->store().disk()->use(use);
  }

  SimClock clock_;
  World world_;
  core::Limits limits_;
  std::map<std::string, spec::CalendarFile> calendars_;
  std::unique_ptr<SimServer> server_;
  RunNo newest_;
  std::set<std::string> stubborn_;   // tasks that ignore being stopped
  std::set<std::string> unclaimed_;  // tasks whose starts are not claimed
  bool down_ = false;
};

}  // namespace gantry::testing
