// People: who works with this Gantry, from people.yaml. A value that is made whole and never
// altered: whoever asks keeps the snapshot it began with.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/workflow.h"

namespace gantry::model {

struct Person {
  std::string id;
  std::string name = {};           // for people; the id if the file gives none
  std::string mail = {};           // empty: none
  std::string mobile = {};         // as written; empty: none
  std::vector<NamedText> im = {};  // "dingtalk" -> id there, in the order of kImServices
  std::vector<std::string> roles = {};
  std::string manager = {};  // id of a person; empty: none
  bool operator==(const Person&) const = default;
};

inline constexpr std::string_view kImServices[] = {"dingtalk", "feishu", "wecom", "slack"};

class People {
 public:
  People() = default;
  // Ids are unique, managers exist and form no circle: the reader of the file sees to it.
  explicit People(std::vector<Person> all);

  const std::vector<Person>& all() const { return all_; }             // by id
  const Person* find(std::string_view id) const;                      // null: there is none
  bool has_role(std::string_view role) const;                         // anybody has it
  std::vector<const Person*> with_role(std::string_view role) const;  // by id
  // The manager, the manager's manager and so on; empty for who has none or is not known.
  std::vector<const Person*> managers_of(std::string_view id) const;

  bool operator==(const People& other) const { return all_ == other.all_; }

 private:
  std::vector<Person> all_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_role_;
};

using PeoplePtr = std::shared_ptr<const People>;  // never null where it is passed on

}  // namespace gantry::model
