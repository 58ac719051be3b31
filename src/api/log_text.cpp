#include "api/log_text.h"

namespace gantry::api {

void write_log_line(JsonWriter& w, const runner::LogLine& line) {
  w.field("line", line.number).field("at", line.at);
  w.field("stream", name_of(line.stream)).field("part", line.part).field("text", line.text);
}

std::string LogText::render(const std::vector<runner::LogLine>& lines) {
  std::string out;
  for (const runner::LogLine& line : lines) {
    if (form_ == Form::Text) {
      add_text(out, line);
    } else if (form_ == Form::StampedText) {
      out += format_log_line(line);
    } else {
      JsonWriter w;
      write_log_line(w.object(), line);
      out += w.end().text();
      out += '\n';
    }
  }
  return out;
}

void LogText::add_text(std::string& out, const runner::LogLine& line) {
  if (open_ && *open_ != line.stream) out += '\n';
  out += line.text;
  open_.reset();
  if (line.part)
    open_ = line.stream;
  else
    out += '\n';
}

}  // namespace gantry::api
