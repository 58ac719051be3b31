#include "model/people.h"

#include <algorithm>

namespace gantry::model {

People::People(std::vector<Person> all) : all_(std::move(all)) {
  std::sort(all_.begin(), all_.end(), [](const Person& a, const Person& b) { return a.id < b.id; });
  for (std::size_t i = 0; i < all_.size(); ++i)
    for (const std::string& role : all_[i].roles) by_role_[role].push_back(i);
}

const Person* People::find(std::string_view id) const {
  const auto at = std::lower_bound(all_.begin(), all_.end(), id,
                                   [](const Person& p, std::string_view to) { return p.id < to; });
  return at == all_.end() || at->id != id ? nullptr : &*at;
}

bool People::has_role(std::string_view role) const { return by_role_.contains(role); }

std::vector<const Person*> People::with_role(std::string_view role) const {
  std::vector<const Person*> out;
  if (const auto found = by_role_.find(role); found != by_role_.end())
    for (const std::size_t i : found->second) out.push_back(&all_[i]);
  return out;
}

std::vector<const Person*> People::managers_of(std::string_view id) const {
  std::vector<const Person*> out;
  const Person* person = find(id);
  while (person != nullptr && !person->manager.empty() && out.size() < all_.size()) {
    person = find(person->manager);
    if (person != nullptr) out.push_back(person);
  }
  return out;
}

}  // namespace gantry::model
