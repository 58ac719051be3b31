// Lines of logs as they are sent.
#pragma once

#include <optional>
#include <string>

#include "api/shapes.h"
#include "runner/log_reader.h"

namespace gantry::api {

// The members of a line, into an object that is open. Bad UTF-8 becomes U+FFFD.
void write_log_line(JsonWriter& w, const runner::LogLine& line);

// As objects, one per line; or as text with the bytes that the task wrote, where the parts of a
// line are put together unless the other stream comes between them.
class LogText {
 public:
  enum class Form { Objects, Text, StampedText };
  explicit LogText(Form form) : form_(form) {}
  std::string render(const std::vector<runner::LogLine>& lines);

 private:
  void add_text(std::string& out, const runner::LogLine& line);

  const Form form_;
  std::optional<runner::LogStream> open_;  // the stream of a line that goes on
};

}  // namespace gantry::api
