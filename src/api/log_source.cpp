#include "api/log_source.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "runner/log_path.h"

namespace gantry::api {

namespace {

// Where lines begin in their files. Lines once written never move. The oldest places go.
class KnownPlaces {
 public:
  std::optional<runner::LogPlace> find(const std::string& path, std::int64_t line) {
    const MutexLock lock(mutex_);
    const auto found = offsets_.find({path, line});
    if (found == offsets_.end()) return std::nullopt;
    return runner::LogPlace{line, found->second};
  }

  void keep(const std::string& path, const runner::LogPlace& place) {
    const MutexLock lock(mutex_);
    if (!offsets_.emplace(std::pair(path, place.line), place.offset).second) return;
    order_.emplace_back(path, place.line);
    if (order_.size() <= kPlacesMax) return;
    offsets_.erase(order_.front());
    order_.pop_front();
  }

 private:
  static constexpr std::size_t kPlacesMax = 1'000;

  Mutex mutex_;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> offsets_ GUARDED_BY(mutex_);
  std::deque<std::pair<std::string, std::int64_t>> order_ GUARDED_BY(mutex_);
};

Result<runner::LogPlace> place_of(KnownPlaces& known, const std::string& path, std::int64_t line) {
  if (line <= 1) return runner::LogPlace{};
  if (const auto found = known.find(path, line)) return *found;
  return runner::find_log_line(path, line);
}

}  // namespace

ReadLog read_log_files(std::string data_dir) {
  const auto known = std::make_shared<KnownPlaces>();
  return [known, data = std::move(data_dir)](const model::AttemptRow& attempt,
                                             const std::string& task, std::int64_t from,
                                             std::size_t lines_max) -> Result<runner::LogPage> {
    const std::string path = runner::log_path(
        data, {attempt.run, task, attempt.item, attempt.generation, attempt.number});
    TRY(const runner::LogPlace place, place_of(*known, path, from));
    TRY(auto page, runner::read_log(path, place, lines_max));
    known->keep(path, page.next);
    return page;
  };
}

}  // namespace gantry::api
