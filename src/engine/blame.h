// Blame: which run the core was working on when the process died. A page of a file, mapped shared,
// so that it outlives the process without a write. A run that is blamed for three deaths in a row
// is quarantined: one poisoned run must not keep the server from starting. A death that had other
// causes is forgotten as soon as work on the run has been committed once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace gantry::engine {

class Blame {
  struct Page;
  struct Key {};

 public:
  Blame(Key, Page* page) : page_(page) {}  // only open() has a Key
  // Opens or creates the page and books the death that a leftover mark stands for.
  static Result<std::unique_ptr<Blame>> open(const std::string& path);
  ~Blame();
  Blame(const Blame&) = delete;
  Blame& operator=(const Blame&) = delete;

  std::int64_t* current_run();  // the core writes it
  std::vector<RunNo> runs_to_quarantine() const;
  bool blames_any() const;
  void forgive(RunNo run);

 private:
  void book_death();
  Page* page_;
};

}  // namespace gantry::engine
