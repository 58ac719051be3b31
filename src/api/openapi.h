// The OpenAPI 3.1 document, made from the route table and the schemas.
#pragma once

#include <string>

#include "api/route.h"

namespace gantry::api {

std::string openapi_document(const RouteTable& table, const std::string& version);

// What a caller has to reckon with; the rest is "default".
struct Refusal {
  std::string_view status;
  Text help;
  std::vector<AnswerHeader> headers = {};
};
std::vector<Refusal> refusals_of(const Route& route);
Text help_of_path_param(std::string_view name);  // "run": of "/api/v1/runs/{run}"

// Schemas of what the API shows, by name, as JSON Schema texts.
struct NamedSchema {
  std::string_view name;
  std::string_view json;
};
const std::vector<NamedSchema>& schemas();
void add_trigger_schemas(std::vector<NamedSchema>& out);  // schemas_triggers.cpp

}  // namespace gantry::api
