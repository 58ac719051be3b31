// For tests: texts to trees, and what was found on the way.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "forms/convert.h"
#include "forms/forms.h"
#include "forms/write.h"
#include "spec/yaml_text.h"

namespace gantry::forms {

struct Read {
  std::string text;  // what the tree borrows
  std::optional<spec::Tree> tree;
  std::vector<std::string> found;  // "code line:column"
  std::string yaml() const { return tree ? write_yaml(*tree, tree->root_id()) : "(nothing)"; }
};

inline std::unique_ptr<Read> read_form(std::string text, Form form) {
  auto read = std::make_unique<Read>();
  spec::Diagnostics problems("flow");
  const auto utf8 = decoded(text, form, problems);
  read->text = std::string(spec::without_mark(utf8.value_or("")));
  if (utf8 && spec::check_text(read->text, problems))
    read->tree = parse(read->text, form, problems);
  for (const auto& d : problems.take())
    read->found.push_back(fmt::format("{} {}:{}", d.code, d.line, d.column));
  return read;
}

inline std::unique_ptr<Read> chart(const std::string& text) {
  return read_form(text, Form::Mermaid);
}
inline std::unique_ptr<Read> table(const std::string& text) { return read_form(text, Form::Csv); }

using Found = std::vector<std::string>;

}  // namespace gantry::forms
