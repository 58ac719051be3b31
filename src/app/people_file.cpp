#include "app/people_file.h"

#include <algorithm>

#include "app/workflow_files.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/log.h"
#include "spec/people.h"

namespace gantry::app {

void PeopleFile::read() {
  const MutexLock lock(reading_);
  auto text = read_file(path_, limits::kDefinitionBytesMax);
  if (text.ok()) {
    if (text_ != *text) take(*std::move(text));
    return;
  }
  const bool is_gone = text.error().code == Code::NotFound;
  if (is_gone && text_) log_info("people", "{} is gone: there are no people", path_);
  text_.reset();
  if (!is_gone) return refuse({file_problem(path_, "unreadable", text.error())});
  const MutexLock changing(mutex_);
  people_ = std::make_shared<const model::People>();
  problems_.clear();
}

void PeopleFile::take(std::string text) {
  auto result = spec::load_people(text, path_);
  text_ = std::move(text);
  if (!result.people) return refuse(std::move(result.diagnostics));
  log_info("people", "{} people", result.people->all().size());
  const MutexLock lock(mutex_);
  people_ = std::make_shared<const model::People>(*std::move(result.people));
  problems_.clear();
}

void PeopleFile::refuse(std::vector<spec::Diagnostic> problems) {
  const MutexLock lock(mutex_);
  if (problems_ == problems) return;
  for (const spec::Diagnostic& problem : problems)
    log_warning("people", "{}", spec::to_line(problem));
  log_warning("people", "the {} people of before stay", people_->all().size());
  problems_ = std::move(problems);
}

model::PeoplePtr PeopleFile::people() const {
  const MutexLock lock(mutex_);
  return people_;
}

std::vector<spec::Diagnostic> PeopleFile::problems() const {
  const MutexLock lock(mutex_);
  return problems_;
}

void PeopleFile::add_problem(std::vector<api::FileProblem>& all) const {
  api::FileProblem own{"", problems(), base_name(path_)};
  if (own.diagnostics.empty()) return;
  const auto place = std::find_if(all.begin(), all.end(), [&](const api::FileProblem& other) {
    return own.key() < other.key();
  });
  all.insert(place, std::move(own));
}

model::PeoplePtr read_people(const std::string& path) {
  const auto text = read_file(path, limits::kDefinitionBytesMax);
  auto result = text.ok() ? spec::load_people(*text, path) : spec::PeopleResult{};
  if (!result.people) return std::make_shared<const model::People>();
  return std::make_shared<const model::People>(*std::move(result.people));
}

}  // namespace gantry::app
