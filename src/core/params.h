// Params: what a request gives, completed by defaults and checked against the declaration.
#pragma once

#include "base/result.h"
#include "core/plan.h"
#include "model/change.h"

namespace gantry::core {

// All params of the workflow in the order of the file. Texts are accepted for every type, as they
// come from a command line; a list may be JSON or comma separated. InvalidArgument names the param.
Result<ValueMap> complete_params(const model::Workflow& workflow, const ValueMap& given,
                                 const model::RunOrigin& origin);

Result<std::string> concurrency_key_of(const Plan& plan, const model::RunOrigin& origin);
Result<std::string> title_of(const Plan& plan, const model::RunOrigin& origin);

}  // namespace gantry::core
