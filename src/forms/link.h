// The links between the nodes of a chart: -->, ---, -.->, ==>, -- text -->, -->|text|, ~~~ ...
#pragma once

#include <optional>
#include <string>

#include "forms/chart.h"
#include "forms/cursor.h"

namespace gantry::forms {

struct Link {
  bool is_shown = true;    // ~~~ is not
  bool is_double = false;  // <-->
  SourcePlace place;
  std::optional<std::string> label = {};
  SourcePlace label_place = {};
};

bool at_link(const Cursor& at);
// Nothing: an error was reported. Call only where at_link.
std::optional<Link> read_link(Cursor& at, Diagnostics& problems);

// A text up to `close`, in quotes or without; the cursor is behind `close` then. Nothing: reported.
std::optional<std::string> read_label(Cursor& at, std::string_view close, Diagnostics& problems);

}  // namespace gantry::forms
