// Values with their kinds written out, for JSON that has fewer: {"int":"-5"}, {"uint":"5"},
// {"double":"1.5"} ("inf", "-inf", "nan"), {"bytes":"hex"}, {"timestamp":"2009-02-13T23:31:30Z"},
// {"duration":"1.5s"}, {"type":"int"}, {"list":[VALUE...]}, {"map":[[KEY,VALUE]...]}, and
// {"null":null}, {"bool":true}, {"string":"x"}. Whole numbers are texts, since they use 64 bits.
#pragma once

#include <string>

#include "base/result.h"
#include "base/value.h"

namespace gantry::expr {

// InvalidArgument says which part is none. Times beyond microseconds are cut.
Result<Value> read_tagged(const Value& json);

std::string to_tagged(const Value& value);  // as JSON

}  // namespace gantry::expr
