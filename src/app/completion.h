// Completion: what a shell offers for the word under the cursor. The scripts call the hidden
// command `gantry __complete -- WORD...` at each key, so that the rows of grammar.h decide.
#pragma once

#include <string>
#include <vector>

#include "app/grammar.h"

namespace gantry::app {

struct Candidates {
  std::vector<std::string> words;  // that begin with the word under the cursor
  Offers also = Offers::Nothing;   // and names that have to be asked for
  std::string run;                 // with Offers::Tasks: whose
};

// `words` are those after `gantry`; the last one is under the cursor, maybe empty.
Candidates complete(const std::vector<Command>& commands, const std::vector<std::string>& words);

}  // namespace gantry::app
