// Errors that people read, in both languages: the same arguments in two sentences, whose formats
// are checked when this is compiled.
//
//   return explain(Code::NotFound, {"there is no run {}", "没有运行 {}"}, number);
#pragma once

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "base/explain.h"
#include "base/result.h"
#include "base/text.h"

namespace gantry {

template <typename... Args>
struct Sentence {
  fmt::format_string<Args...> en;
  fmt::format_string<Args...> zh;
};

template <typename... Args>
Error explain(Code code, std::type_identity_t<Sentence<const Args&...>> text, const Args&... args) {
  return {code, fmt::format(text.en, args...), fmt::format(text.zh, args...)};
}

// The same for bad input.
template <typename... Args>
Error refuse(std::type_identity_t<Sentence<const Args&...>> text, const Args&... args) {
  return {Code::InvalidArgument, fmt::format(text.en, args...), fmt::format(text.zh, args...)};
}

// Of texts that are kept in both languages; English while there is no other.
inline const std::string& told_in(Lang lang, const std::string& en, const std::string& zh) {
  return lang == Lang::Zh && !zh.empty() ? zh : en;
}
inline const std::string& message_in(const Error& error, Lang lang) {
  return told_in(lang, error.message, error.zh);
}

// `error` with words in front of it: "the body is no JSON: unexpected ']'".
inline Error within(const Text& words, const Error& error) {
  return {error.code, fmt::format("{}: {}", words.en, error.message),
          fmt::format("{}：{}", words.zh, message_in(error, Lang::Zh)), error.topic};
}

// With what was probably meant, if that is known.
inline Error with_hint(Error error, const std::string& hint) {
  if (hint.empty()) return error;
  error.message += fmt::format(" (did you mean '{}'?)", hint);
  if (!error.zh.empty()) error.zh += fmt::format("（是不是“{}”？）", hint);
  return error;
}

}  // namespace gantry
