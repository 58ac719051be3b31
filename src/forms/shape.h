// What stands around the text of a node: [ ], ( ), { }, ([ ]), [/ /] ... and @{ shape: ... }.
#pragma once

#include "forms/chart.h"
#include "forms/cursor.h"
#include "spec/yaml_tree.h"

namespace gantry::forms {

// The shape here, if there is one, into `into`. False: an error was reported.
bool read_shape(Cursor& at, ChartNode& into, Diagnostics& problems);

// Of the map @{ ... }. False if it is none.
bool read_shape_data(const spec::Tree& tree, const spec::Node& data, ChartNode& into);

}  // namespace gantry::forms
