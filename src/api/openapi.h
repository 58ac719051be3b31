// The OpenAPI 3.1 document, made from the route table and the schemas.
#pragma once

#include <string>

#include "api/route.h"

namespace gantry::api {

std::string openapi_document(const RouteTable& table, const std::string& version);

// Schemas of what the API shows, by name, as JSON Schema texts.
struct NamedSchema {
  std::string_view name;
  std::string_view json;
};
const std::vector<NamedSchema>& schemas();

}  // namespace gantry::api
