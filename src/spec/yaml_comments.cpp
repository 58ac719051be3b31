#include <yaml.h>

#include "base/check.h"
#include "spec/yaml_tree.h"

namespace gantry::spec {

namespace {
// A place in a text that moves forward by code points, as libyaml counts them.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  void go_to(std::size_t index) {
    for (; index_ < index && at_ < text_.size(); ++index_) step();
  }
  // Goes there, too, and counts the comments on the way.
  void count_to(std::size_t index, Comments& comments) {
    bool in_comment = false;
    for (; index_ < index && at_ < text_.size(); ++index_) {
      const bool begins = text_[at_] == '#' && !in_comment;
      if (begins && comments.count++ == 0) comments.first_line = line_;
      in_comment = (in_comment || begins) && text_[at_] != '\n' && text_[at_] != '\r';
      step();
    }
  }

 private:
  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t index_ = 0;
  int line_ = 1;
};
}  // namespace

// What stands between two tokens is space and comments.
Comments comments_of(std::string_view yaml) {
  Comments comments;
  if (yaml.empty()) return comments;  // libyaml wants a pointer
  Reader reader(yaml);
  yaml_parser_t parser;
  CHECK(yaml_parser_initialize(&parser) == 1);
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(yaml.data()),
                               yaml.size());
  yaml_token_t token;
  for (bool goes_on = true; goes_on && yaml_parser_scan(&parser, &token) == 1;) {
    goes_on = token.type != YAML_STREAM_END_TOKEN && token.type != YAML_NO_TOKEN;
    reader.count_to(token.start_mark.index, comments);
    reader.go_to(token.end_mark.index);
    yaml_token_delete(&token);
  }
  reader.count_to(yaml.size(), comments);
  yaml_parser_delete(&parser);
  return comments;
}

}  // namespace gantry::spec
