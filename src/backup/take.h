// Taking a backup of a home: a snapshot of its store, then the files, as one part of an archive.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backup/archive.h"
#include "backup/facts.h"

namespace gantry::backup {

// Where a home's things lie.
struct HomePlaces {
  std::string root;  // gantry.yaml, workflows/, secrets/
  std::string data;
};

struct TakeOptions {
  std::string product;
  Instant now;
  bool logs = true;
  std::function<Status()> go_on = [] { return ok(); };  // asked now and then; an error ends it
};

struct Taken {
  Facts facts;
  std::unique_ptr<PartWriter> part;
};

// The store may be in use. Blocks until the snapshot is made, which needs room for a copy of the
// store in the data folder; it is unlinked at once, so a crash leaves nothing.
Result<Taken> take_backup(const HomePlaces& home, const TakeOptions& options);

// The part of the secrets, to follow that of the server.
std::unique_ptr<PartWriter> secrets_part(const HomePlaces& home);

}  // namespace gantry::backup
