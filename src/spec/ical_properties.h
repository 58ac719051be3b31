// The lines of an iCalendar file, unfolded and taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gantry::spec {

// NAME;PARAM=VALUE:TEXT; name and parameters are in capitals.
struct IcalProperty {
  std::string name, params, value;
  int line = 0;
};

std::vector<IcalProperty> ical_properties(std::string_view text);

// The value of a property that is text, without its escapes.
std::string ical_text(std::string_view value);

}  // namespace gantry::spec
