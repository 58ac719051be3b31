// Which runs a request means, by the fields that lists and bulk actions share.
#pragma once

#include "api/fields.h"
#include "store/reader.h"

namespace gantry::api {

// Of checked values; what was not given does not filter.
store::RunFilter run_filter(const Values& values);

}  // namespace gantry::api
