#include "spec/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "base/utf8.h"
#include "spec/diagnostics.h"
#include "spec/fields.h"
#include "spec/names.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

using model::Person;

namespace {

constexpr std::size_t kMailBytesMax = 254;              // RFC 5321
constexpr std::size_t kDigitsMin = 5, kDigitsMax = 15;  // E.164
constexpr std::size_t kImBytesMax = 200;
constexpr std::size_t kCircleShown = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_wide(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool stands_in(char c, std::string_view all) { return all.find(c) != std::string_view::npos; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c) || is_wide(c) || c == '-'; };
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), fits);
}

bool is_mobile(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto fits = [](char c) { return is_digit(c) || stands_in(c, " -()"); };
  const auto digits = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
  return digits >= kDigitsMin && digits <= kDigitsMax &&
         std::all_of(text.begin(), text.end(), fits);
}

// A person as written, and where what is checked at the end stands.
struct Draft {
  Person person;
  const Node* id = nullptr;
  const Node* manager = nullptr;
};

class PersonReader {
 public:
  PersonReader(const Source& source, const Node& map)
      : source_(source), map_(map), fields_(source, map) {}

  Draft read() {
    check_keys(source_, map_, kPersonKeys);
    draft_.id = read_id("id", draft_.person.id);
    if (!fields_.has("id"))
      source_.problems.add(MissingKey, map_.place,
                           refuse({"a person needs an 'id'", "人员需要“id”"}));
    draft_.person.name = fields_.plain_text("name").value_or(draft_.person.id);
    read_contact();
    read_roles();
    draft_.manager = read_id("manager", draft_.person.manager);
    return std::move(draft_);
  }

 private:
  const Node* read_id(std::string_view key, std::string& into) {
    const auto text = fields_.plain_text(key);
    if (!text) return nullptr;
    const Node* node = fields_.find(key);
    if (const auto fault = fault_of_id(*text)) {
      source_.problems.add(BadName, node->place, *fault);
      return nullptr;
    }
    into = *text;
    return node;
  }

  void read_contact() {
    if (const auto mail = fields_.plain_text("mail")) {
      draft_.person.mail = *mail;
      if (!is_mail_address(*mail))
        source_.problems.add(BadMail, fields_.find("mail")->place,
                             refuse({"'{}' is no mail address; write it as anna@example.org",
                                     "“{}”不是邮件地址；请写成 anna@example.org"},
                                    *mail));
    }
    if (const auto mobile = fields_.plain_text("mobile")) {
      draft_.person.mobile = *mobile;
      if (!is_mobile(*mobile))
        source_.problems.add(BadValue, fields_.find("mobile")->place,
                             refuse({"'{}' is no phone number; write it as +49 170 0000000",
                                     "“{}”不是电话号码；请写成 +86 138 0000 0000"},
                                    *mobile));
    }
    if (const Node* im = fields_.map("im")) read_im(*im);
  }

  void read_im(const Node& map) {
    check_keys(source_, map, kImKeys);
    const Fields fields(source_, map);
    for (const std::string_view service : model::kImServices) {
      const auto id = fields.plain_text(service);
      if (!id) continue;
      if (id->size() > kImBytesMax || std::any_of(id->begin(), id->end(), is_control))
        source_.problems.add(BadValue, fields.find(service)->place,
                             refuse({"an id has at most {} bytes and no control characters",
                                     "标识最多 {} 字节，且不能含控制字符"},
                                    kImBytesMax));
      draft_.person.im.emplace_back(service, *id);
    }
  }

  void read_roles() {
    for (const Node* node : fields_.texts("roles")) {
      if (refuse_expression(source_, *node, "roles")) continue;
      auto& roles = draft_.person.roles;
      if (const auto fault = fault_of_id(node->text))
        source_.problems.add(BadName, node->place, *fault);
      else if (std::find(roles.begin(), roles.end(), node->text) != roles.end())
        source_.problems.add(
            DuplicateName, node->place,
            refuse({"the role '{}' stands here twice", "角色“{}”写了两遍"}, node->text));
      else
        roles.push_back(node->text);
    }
  }

  const Source& source_;
  const Node& map_;
  const Fields fields_;
  Draft draft_;
};

class PeopleReader {
 public:
  explicit PeopleReader(const Source& source) : source_(source) {}

  std::vector<Person> read() {
    check_keys(source_, source_.tree.root(), kPeopleKeys);
    const Fields fields(source_, source_.tree.root());
    if (const Node* list = fields.list("people")) read_list(*list);
    check_ids();
    check_managers();
    std::vector<Person> out;
    for (Draft& draft : drafts_) out.push_back(std::move(draft.person));
    return out;
  }

 private:
  void read_list(const Node& list) {
    if (list.children.size() > limits::kPeopleMax)
      return source_.problems.add(
          OutOfRange, list.place,
          refuse({"there may be {} people, here are {}", "最多 {} 人，此处有 {} 人"},
                 limits::kPeopleMax, list.children.size()));
    for (const auto child : list.children) {
      const Node& node = source_.tree.at(child);
      if (node.kind == NodeKind::Map)
        drafts_.push_back(PersonReader(source_, node).read());
      else
        report_type(source_, node, "people", {"a map with an 'id'", "含“id”的映射"});
    }
  }

  void check_ids() {
    for (const Draft& draft : drafts_) {
      if (draft.id == nullptr) continue;
      const auto [first, is_new] = by_id_.emplace(draft.person.id, &draft);
      if (!is_new)
        source_.problems.add(DuplicateName, draft.id->place,
                             refuse({"there are two people '{}', the first in line {}",
                                     "有两个人员“{}”，第一个在第 {} 行"},
                                    draft.person.id, first->second->id->place.line));
    }
  }

  void check_managers() {
    std::vector<std::string_view> ids;
    for (const auto& [id, draft] : by_id_) ids.push_back(id);
    for (const Draft& draft : drafts_) {
      if (draft.manager == nullptr || by_id_.contains(draft.person.manager)) continue;
      source_.problems.add(
          UnknownPerson, draft.manager->place,
          refuse({"there is no person '{}'", "没有人员“{}”"}, draft.person.manager),
          source_.problems.suggest(draft.person.manager, ids));
    }
    check_circles();
  }

  const Draft* manager_of(const Draft& draft) const {
    if (draft.manager == nullptr) return nullptr;
    const auto found = by_id_.find(draft.person.manager);
    return found == by_id_.end() ? nullptr : found->second;
  }

  // Each person is walked over once; who is met again on the same walk begins a circle.
  void check_circles() {
    std::map<const Draft*, const Draft*> walk_of;  // the person with whom it began
    for (const auto& [id, start] : by_id_) {
      const Draft* at = start;
      while (at != nullptr && walk_of.try_emplace(at, start).second) at = manager_of(*at);
      if (at != nullptr && walk_of[at] == start) report_circle(*at);
    }
  }

  // Where its first person by id names the manager.
  void report_circle(const Draft& any) {
    const Draft* first = &any;
    for (const Draft* at = manager_of(any); at != &any; at = manager_of(*at))
      if (at->person.id < first->person.id) first = at;
    std::vector<std::string> path{first->person.id};
    for (const Draft* at = manager_of(*first); at != first && path.size() < kCircleShown;
         at = manager_of(*at))
      path.push_back(at->person.id);
    path.push_back(path.size() < kCircleShown ? first->person.id : "...");
    source_.problems.add(
        ManagerCycle, first->manager->place,
        refuse({"managers in a circle: {}", "上级关系成环：{}"}, join(path, " -> ")));
  }

  const Source& source_;
  std::vector<Draft> drafts_;
  std::map<std::string_view, const Draft*> by_id_;  // the first of each
};

bool says_nothing(const std::vector<Diagnostic>& found) {
  return found.size() == 1 && found.front().code == info_of(EmptyFile).name;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || text.size() > kMailBytesMax || !is_utf8(text))
    return false;
  const auto is_bad = [](char c) { return is_control(c) || stands_in(c, " @<>()[],;:\\\""); };
  const std::string_view local = text.substr(0, at);
  const auto labels = split(text.substr(at + 1), '.');
  return std::none_of(local.begin(), local.end(), is_bad) &&
         std::all_of(labels.begin(), labels.end(), is_label);
}

PeopleResult load_people(std::string_view text, const std::string& file) {
  Diagnostics problems(file);
  const std::string_view body = without_mark(text);
  std::optional<Tree> tree;
  if (check_text(body, problems)) tree = parse_yaml(body, problems);
  if (!tree) {
    PeopleResult none{std::nullopt, problems.take()};
    if (says_nothing(none.diagnostics)) return {model::People(), {}};
    return none;
  }
  auto people = PeopleReader(Source{*tree, problems}).read();
  PeopleResult result;
  if (!problems.has_errors()) result.people = model::People(std::move(people));
  result.diagnostics = problems.take();
  return result;
}

}  // namespace gantry::spec
