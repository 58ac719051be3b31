// People of people.yaml. How to reach them is for admins only.
#include <algorithm>

#include "api/handlers.h"
#include "api/shapes.h"
#include "base/explain.h"

namespace gantry::api {

namespace {

void write_optional(JsonWriter& w, std::string_view name, const std::string& text) {
  w.key(name);
  text.empty() ? w.null() : w.value(text);
}

void write_contact(JsonWriter& w, const model::Person& person) {
  w.object();
  write_optional(w, "mail", person.mail);
  write_optional(w, "mobile", person.mobile);
  w.key("im").object();
  for (const auto& [service, id] : person.im) w.field(service, id);
  w.end().end();
}

void write_person(JsonWriter& w, const model::Person& person, const Caller& caller) {
  w.object().field("id", person.id).field("name", person.name).key("roles").array();
  for (const std::string& role : person.roles) w.value(role);
  w.end();
  write_optional(w, "manager", person.manager);
  w.key("contact");
  if (caller.may(model::Role::Admin))
    write_contact(w, person);
  else
    w.null();
  w.end();
}

bool has_role(const model::Person& person, const std::string& role) {
  return role.empty() ||
         std::find(person.roles.begin(), person.roles.end(), role) != person.roles.end();
}

}  // namespace

// Paged by id: the cursor is the last id of the page before.
Result<net::Response> list_people(Backend& backend, const Call& call) {
  const model::PeoplePtr people = backend.services.people();
  const store::Page asked = page_of(call);
  const std::string role = call.text("role");
  JsonWriter w;
  begin_page(w);
  int written = 0;
  std::string last, next;
  for (const model::Person& person : people->all()) {
    if (person.id <= asked.cursor || !has_role(person, role)) continue;
    if (written == asked.limit) {
      next = last;
      break;
    }
    write_person(w, person, call.caller);
    last = person.id;
    ++written;
  }
  return json_response(end_page(w, next));
}

Result<net::Response> get_person(Backend& backend, const Call& call) {
  const model::PeoplePtr people = backend.services.people();
  const model::Person* person = people->find(call.path[0]);
  if (person == nullptr) {
    std::vector<std::string_view> ids;
    for (const model::Person& one : people->all()) ids.push_back(one.id);
    return with_hint(
        explain(Code::NotFound,
                {"there is no person '{}' in people.yaml", "people.yaml 中没有人员“{}”"},
                call.path[0]),
        nearest(call.path[0], ids));
  }
  JsonWriter w;
  write_person(w, *person, call.caller);
  return json_response(std::move(w).text());
}

}  // namespace gantry::api
