#include "runner/outputs.h"

#include <fmt/format.h>

#include <map>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"

namespace gantry::runner {

namespace {

// Members in the order in which they first came.
class Members {
 public:
  void put(const std::string& name, Value value) {
    const auto [at, added] = places_.try_emplace(name, map_.size());
    if (added)
      map_.emplace_back(name, std::move(value));
    else
      map_[at->second].second = std::move(value);
  }
  Value take() { return Value(std::move(map_)); }

 private:
  ValueMap map_;
  std::map<std::string, std::size_t> places_;
};

Status put_json(std::string_view line, Members& members) {
  TRY(const Value object, parse_json(line, {limits::kTaskOutputsBytesMax, 32}));
  for (const auto& [name, value] : object.as_map()) members.put(name.as_string(), value);
  return ok();
}

Status put_pair(std::string_view line, Members& members) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return invalid("neither name=value nor a JSON object");
  const std::string_view name = trim(line.substr(0, equals));
  if (name.empty() || name.size() > limits::kNameBytesMax)
    return invalid(fmt::format("the name has to have 1 to {} bytes", limits::kNameBytesMax));
  members.put(std::string(name), Value(line.substr(equals + 1)));
  return ok();
}

Status put_line(std::string_view line, Members& members) {
  if (!is_utf8(line)) return invalid("not UTF-8");
  return line.starts_with('{') ? put_json(line, members) : put_pair(line, members);
}

}  // namespace

Result<Value> parse_outputs(std::string_view text) {
  Members members;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    if (const auto put = put_line(line, members); !put.ok())
      return invalid(fmt::format("$GANTRY_OUTPUT line {}: {}", number, put.error().message));
  }
  return members.take();
}

}  // namespace gantry::runner
