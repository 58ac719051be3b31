#include "engine/blame.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/limits.h"

namespace gantry::engine {

struct Blame::Page {
  struct Entry {
    std::int64_t run;
    std::int64_t deaths;
  };
  std::int64_t current;
  std::array<Entry, 64> entries;
};

Result<std::unique_ptr<Blame>> Blame::open(const std::string& path) {
  TRY(Fd fd, open_file(path, O_RDWR | O_CREAT, 0600));
  if (::ftruncate(fd.get(), sizeof(Page)) != 0) return errno_error("cannot size " + path);
  void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return errno_error("cannot map " + path);
  auto blame = std::make_unique<Blame>(Key{}, static_cast<Page*>(memory));
  blame->book_death();
  return blame;
}

Blame::~Blame() { ::munmap(page_, sizeof(Page)); }

std::int64_t* Blame::current_run() { return &page_->current; }

void Blame::book_death() {
  const std::int64_t run = std::exchange(page_->current, 0);
  if (run == 0) return;
  auto& entries = page_->entries;
  auto entry =
      std::find_if(entries.begin(), entries.end(), [run](const auto& e) { return e.run == run; });
  if (entry == entries.end())
    entry = std::min_element(entries.begin(), entries.end(),
                             [](const auto& a, const auto& b) { return a.deaths < b.deaths; });
  if (entry->run != run) *entry = {run, 0};
  ++entry->deaths;
}

std::vector<RunNo> Blame::runs_to_quarantine() const {
  std::vector<RunNo> runs;
  for (const auto& entry : page_->entries)
    if (entry.deaths >= limits::kQuarantineCrashes) runs.push_back(RunNo{entry.run});
  return runs;
}

bool Blame::blames_any() const {
  return std::any_of(page_->entries.begin(), page_->entries.end(),
                     [](const auto& e) { return e.run != 0; });
}

void Blame::forgive(RunNo run) {
  for (auto& entry : page_->entries)
    if (entry.run == run.value) entry = {0, 0};
}

}  // namespace gantry::engine
