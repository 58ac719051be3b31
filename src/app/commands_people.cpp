// people: who works with this Gantry.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/commands.h"
#include "base/explain.h"

namespace gantry::app {

namespace {

const std::string kPath = "/api/v1/people";

std::string joined(const Value& object, std::string_view name) {
  const Value* list = object.find(name);
  std::vector<std::string> parts;
  if (list != nullptr && list->is(Value::Kind::List))
    for (const Value& one : list->as_list()) parts.push_back(printable(to_text(one)));
  return join(parts, ", ");
}

// "slack=U012AB3CD, wecom=ZhangSan"
std::string im_of(const Value& contact) {
  const Value* im = contact.find(std::string_view("im"));
  std::vector<std::string> parts;
  if (im != nullptr && im->is(Value::Kind::Map))
    for (const auto& [service, id] : im->as_map())
      parts.push_back(printable(fmt::format("{}={}", to_text(service), to_text(id))));
  return join(parts, ", ");
}

// What is not shown to the caller, or not there, is empty.
std::vector<std::string> row_of(const Value& person) {
  const Value* given = person.find(std::string_view("contact"));
  const Value contact = given == nullptr ? Value() : *given;
  const bool told = contact.is(Value::Kind::Map);
  return {printable(member(person, "id")),
          printable(member(person, "name")),
          joined(person, "roles"),
          printable(member(person, "manager")),
          told ? printable(member(contact, "mail")) : "",
          told ? printable(member(contact, "mobile")) : "",
          told ? im_of(contact) : ""};
}

void print_people(const Context& context, const Value& page) {
  print_items(context, page,
              {{"ID", "编号"},
               {"NAME", "姓名"},
               {"ROLES", "角色"},
               {"MANAGER", "上级"},
               {"MAIL", "邮件"},
               {"MOBILE", "手机"},
               {"IM", "即时通讯"}},
              row_of);
}

Result<Value> all_people(Client& client, const std::string& role) {
  ValueList all;
  std::string cursor;
  do {
    std::string path = kPath + "?limit=1000";
    add_query(path, "role", role);
    add_query(path, "cursor", cursor);
    TRY(const Value page, client.get(path));
    for (const Value& person : items_of(page)) all.push_back(person);
    cursor = member(page, "next_cursor");
  } while (!cursor.empty());
  return Value(ValueMap{{"items", Value(std::move(all))}});
}

}  // namespace

int people(const Context& context, const PeopleOptions& options) {
  if (!options.id.empty() && !options.role.empty())
    return complain(refuse({"give a person or --role, not both", "人员与 --role 不能同时给出"}));
  return with_server(context, [&](Client& client) -> Status {
    if (options.id.empty()) {
      TRY(const Value page, all_people(client, options.role));
      print_people(context, page);
      return print_file_problems(context, client, [](const Value& problem) {
        return member(problem, "workflow").empty();  // a file of the home
      });
    }
    TRY(const Value person, client.get(kPath + "/" + escape_segment(options.id)));
    if (context.json)
      print_json(person);
    else
      print_people(context, Value(ValueMap{{"items", Value(ValueList{person})}}));
    return ok();
  });
}

}  // namespace gantry::app
