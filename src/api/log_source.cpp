#include "api/log_source.h"

#include <utility>

#include "runner/log_path.h"

namespace gantry::api {

LogPathOf log_paths(std::string data_dir) {
  return [data = std::move(data_dir)](const model::AttemptRow& attempt, const std::string& task) {
    const auto named = split_item(task);  // who asks may name the item, too
    return runner::log_path(data, {attempt.run, named ? named->task : task, attempt.item,
                                   attempt.generation, attempt.number});
  };
}

Result<std::shared_ptr<const runner::LogIndex>> LogSource::index(const Log& log) {
  TRY(auto index, indexes_.get(path_of_(log.attempt, log.task), is_terminal(log.attempt.state)));
  if (!index) index = std::make_shared<const runner::LogIndex>();
  return index;
}

Result<runner::LogPage> LogSource::read(const Log& log, runner::LogQuery query) {
  query.finished = is_terminal(log.attempt.state);
  TRY(const auto known, index(log));
  return runner::read_log(path_of_(log.attempt, log.task), *known, query);
}

Result<runner::LogPage> LogSource::read_back(const Log& log, runner::LogQuery query) {
  query.finished = is_terminal(log.attempt.state);
  TRY(const auto known, index(log));
  return runner::read_log_back(path_of_(log.attempt, log.task), *known, query);
}

Result<runner::LogPage> LogSource::read_on(const Log& log, const runner::LogPlace& place,
                                           runner::LogQuery query) {
  query.finished = is_terminal(log.attempt.state);
  return runner::read_log(path_of_(log.attempt, log.task), place, query);
}

Result<runner::LogPlace> LogSource::find(const Log& log, const runner::LogQuery& query) {
  if (query.from <= 1 && !query.filter.since) return runner::LogPlace{};
  TRY(const auto known, index(log));
  return known->place_for(query.from, query.filter.since);
}

Result<runner::LogPlace> LogSource::end(const Log& log) {
  TRY(const auto known, index(log));
  return known->end();
}

}  // namespace gantry::api
