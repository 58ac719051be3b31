// people.yaml: text -> model::People, all errors at once with their places, as of workflow files.
// docs/format/people.md is the format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/people.h"
#include "spec/load.h"

namespace gantry::spec {

struct PeopleResult {
  std::optional<model::People> people;  // set if there is no error
  std::vector<Diagnostic> diagnostics;  // sorted by place
};

// `file` is what messages call it. A file that holds nothing is one without people.
PeopleResult load_people(std::string_view text, const std::string& file);

// "anna@example.org": one @, no spaces or what separates addresses, a domain of labels.
bool is_mail_address(std::string_view text);

}  // namespace gantry::spec
