// Paths, segment by segment. A request path is split once at '/', each segment is decoded once,
// and only then matched: nothing that is matched is ever decoded again or resolved.
//
// Names of workflows hold '/': they are one segment with %2F ("/api/v1/workflows/etl%2Fnightly").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace gantry::api {

struct Segment {
  std::string raw;      // as sent
  std::string decoded;  // after one percent-decoding
};

// InvalidArgument: no leading '/', an empty segment ("//", a slash at the end), bad escapes, "."
// and ".." (also escaped, also inside a decoded name), control characters, backslashes, text that
// is not UTF-8.
Result<std::vector<Segment>> split_path(std::string_view path);

// A route's path: literals and "{name}" parameters.
class PathPattern {
 public:
  explicit PathPattern(std::string_view text);

  // The decoded values of the parameters in order, if the path is one of this pattern. Literals
  // match byte for byte as sent: no case folding, no escapes, no suffixes.
  std::optional<std::vector<std::string>> match(const std::vector<Segment>& path) const;

  const std::vector<std::string>& params() const { return params_; }

 private:
  struct Part {
    std::string literal;  // empty: a parameter
    bool is_param() const { return literal.empty(); }
  };
  std::vector<Part> parts_;
  std::vector<std::string> params_;
};

// One segment of a path for `text`: everything but unreserved characters escaped.
std::string encode_segment(std::string_view text);

}  // namespace gantry::api
