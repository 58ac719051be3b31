// The processes of the task: all that descend from this shim, which is their subreaper.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::shim {

std::vector<pid_t> children_of(pid_t pid);  // of all its threads

class Tree {
 public:
  // `leaf`: the task's cgroup, empty = none.
  Tree(pid_t leader, std::string leaf) : leader_(leader), leaf_(std::move(leaf)) {}

  // SIGTERM (and SIGCONT, for what is stopped) to the leader's group and to everything else.
  // Only while the leader is not reaped: until then its number can not be another's.
  void terminate();

  // Reaps what has ended except the leader. True if the leader has ended (it stays a zombie).
  bool reap_others();

  // After the leader's end: reaps it and gives its wait status. Before, the rest of its group is
  // killed if `kill_group`.
  int reap_leader(bool kill_group);

  // Everything has ended and is reaped. Only after reap_leader().
  bool empty();

  // SIGKILL to all, including what is forked meanwhile, until nothing is left or `patience_us`
  // has passed. True if nothing is left.
  bool kill_all(std::int64_t patience_us);

 private:
  std::vector<pid_t> descendants(int signal);
  void kill_cgroup();

  pid_t leader_;
  bool reaped_ = false;
  std::string leaf_;
};

}  // namespace gantry::shim
