// Simulation: one seed, 24 virtual hours. The production engine and core on a store, a runner and
// a clock that fail; random workflows, requests, cancels and decisions; an oracle outside. Then
// the faults stop and everything has to end.
//
// The same seed gives the same trace, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::sim {

struct Outcome {
  std::vector<std::string> complaints;  // empty: all is well
  std::string trace;
  std::int64_t runs = 0;
  std::int64_t attempts = 0;
  std::int64_t retries = 0;  // of runs that had ended
  std::int64_t events = 0;   // that were decided
  std::int64_t dates = 0;    // of backfills, that were decided
  std::int64_t crashes = 0;
  std::int64_t turns = 0;  // of the engine
  std::int64_t calls = 0;  // of the server to the store, the runner and its callers
};

Outcome simulate(std::uint64_t seed);

// The same for a short time without any fault but one: the server dies at its n-th call (before
// it happens, or right after), and, if wanted, again at a call of the recovery from that.
struct Death {
  std::int64_t call = 0;  // 0 = never
  bool after = false;
  std::int64_t recovery_call = 0;
  bool recovery_after = false;
};
Outcome simulate_death(std::uint64_t seed, const Death& death);

// The complaints and the end of the trace, for a failure message.
std::string describe(std::uint64_t seed, const Outcome& outcome);

}  // namespace gantry::sim
