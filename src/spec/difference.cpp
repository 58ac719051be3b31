#include "spec/difference.h"

#include <map>

namespace gantry::spec {

namespace {

using Kind = Difference::Kind;
using Facts = std::map<std::string, std::string>;

Facts map_of(const OwnerFacts& facts) { return {facts.keys.begin(), facts.keys.end()}; }

void compare_keys(const OwnerFacts& before, const OwnerFacts& after, std::vector<Difference>& out) {
  const Facts old = map_of(before);
  Facts all = map_of(after);
  all.insert(old.begin(), old.end());  // names only: both are looked up
  const Facts now = map_of(after);
  const auto said = [](const Facts& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::optional<std::string>() : found->second;
  };
  for (const auto& [key, unused] : all)
    if (said(old, key) != said(now, key))
      out.push_back({Kind::Changed, before.owner, key, said(old, key), said(now, key)});
}

}  // namespace

std::vector<Difference> differences(const model::Definition& before,
                                    const model::Definition& after) {
  const auto old = facts_of(before);
  const auto now = facts_of(after);
  std::vector<Difference> out;
  auto a = old.begin();
  auto b = now.begin();
  while (a != old.end() || b != now.end()) {
    if (b == now.end() || (a != old.end() && a->owner < b->owner)) {
      out.push_back({Kind::Removed, a->owner, ""});
      ++a;
    } else if (a == old.end() || b->owner < a->owner) {
      out.push_back({Kind::Added, b->owner, ""});
      ++b;
    } else {
      compare_keys(*a++, *b++, out);
    }
  }
  return out;
}

std::string path_of(const Difference& difference) {
  std::string path;
  for (const std::string* part :
       {&difference.owner.section, &difference.owner.name, &difference.key})
    if (!part->empty()) path += (path.empty() ? "" : ".") + *part;
  return path;
}

}  // namespace gantry::spec
