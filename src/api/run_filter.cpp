#include "api/run_filter.h"

namespace gantry::api {

namespace {
store::LabelFilter label_of(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, {}};
  return {text.substr(0, equals), text.substr(equals + 1)};
}
}  // namespace

store::RunFilter run_filter(const Values& values) {
  store::RunFilter filter;
  filter.workflow = text_in(values, "workflow");
  filter.key = text_in(values, "key");
  filter.created_from = instant_in(values, "created_from");
  filter.created_before = instant_in(values, "created_before");
  if (const std::string cause = text_in(values, "cause"); !cause.empty())
    filter.cause = model::cause_kind_of(cause);
  if (const Value* states = value_in(values, "state"))
    for (const Value& state : states->as_list())
      filter.states.push_back(*model::run_state_of(state.as_string()));
  if (const Value* labels = value_in(values, "label"))
    for (const Value& label : labels->as_list())
      filter.labels.push_back(label_of(label.as_string()));
  filter.oldest_first = text_in(values, "sort") == "oldest";
  return filter;
}

}  // namespace gantry::api
