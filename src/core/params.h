// Params: what a request gives, completed by defaults and checked against the declaration.
#pragma once

#include "base/result.h"
#include "core/plan.h"
#include "core/surroundings.h"
#include "model/change.h"

namespace gantry::core {

// The value that a param gets from what is given for it. InvalidArgument names the param.
Result<Value> param_value(const model::Param& param, const Value& given,
                          const Surroundings& around);

// InvalidArgument if one of the names is none of the workflow's params.
Status check_names(const model::Workflow& workflow, const ValueMap& given);

// All params of the workflow in the order of the file. Texts are accepted for every type, as they
// come from a command line; a list may be JSON or comma separated, an object is JSON.
// InvalidArgument names the param.
Result<ValueMap> complete_params(const model::Workflow& workflow, const ValueMap& given,
                                 const model::RunOrigin& origin, const Surroundings& around);

// `params` as expressions see them.
Value params_in_expressions(const model::Workflow& workflow, const ValueMap& params);

Result<std::string> concurrency_key_of(const Plan& plan, const model::RunOrigin& origin,
                                       const Surroundings& around);
Result<std::string> title_of(const Plan& plan, const model::RunOrigin& origin,
                             const Surroundings& around);

}  // namespace gantry::core
