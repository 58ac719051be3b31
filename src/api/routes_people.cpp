// People of people.yaml.
#include "api/routes.h"

namespace gantry::api {

void add_people_routes(std::vector<Route>& out) {
  out.push_back(
      {.method = "GET",
       .path = "/api/v1/people",
       .policy = Policy::Token,
       .summary = {"The people of people.yaml by id; how to reach them only for admins",
                   "people.yaml 中的人员，按 id 排列；联系方式只给管理员"},
       .query = {string_field("role", kNameMax, {"who has this role", "拥有该角色的人员"}),
                 limit_field(), cursor_field()},
       .answer = "Person",
       .answer_is_page = true,
       .handler = answer<list_people>});
  out.push_back({.method = "GET",
                 .path = "/api/v1/people/{person}",
                 .policy = Policy::Token,
                 .summary = {"One person", "一个人员"},
                 .answer = "Person",
                 .handler = answer<get_person>});
}

}  // namespace gantry::api
