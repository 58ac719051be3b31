// Expressions of up to 10 KB that ask for as much work as they can: what the test of the step bound
// and the bench of the worst time have in common.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "expr/scope.h"

namespace gantry::expr {

struct HardExpression {
  std::string name;
  std::string text;
  bool ends_early = true;  // runs into the step bound or another limit
};

[[gnu::noinline]] inline std::string repeated(const std::string& part, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += part;
  return out;
}

// Letters a and b without order, from a small generator of its own.
[[gnu::noinline]] inline std::string noise_of(std::size_t bytes) {
  std::string noise;
  for (unsigned state = 12345; noise.size() < bytes;) {
    state = state * 1664525u + 1013904223u;
    noise += (state >> 24) % 2 == 0 ? 'a' : 'b';
  }
  return noise;
}

// Names: text and noise (200 KB), list (1,000 numbers), texts (1,000 short texts), json (200 KB),
// map.
inline MapScope hard_scope() {
  constexpr int kEntries = 1'000;
  constexpr std::size_t kTextBytes = 200 << 10;
  MapScope scope;
  ValueList numbers, texts, rows;
  ValueMap members;
  for (int i = 0; i < kEntries; ++i) {
    numbers.emplace_back((i * 7919) % kEntries);
    texts.emplace_back("entry " + std::to_string(i));
    members.emplace_back("key" + std::to_string(i), i);
  }
  std::string json = "[";
  while (json.size() < kTextBytes) json += "{\"a\":[1,2.5,\"x\"]},";
  json += "0]";
  scope.set("noise", Value(noise_of(kTextBytes)));
  const std::string text = repeated("x", kTextBytes);
  scope.set("text", Value(text));
  scope.set("list", Value(std::move(numbers)));
  scope.set("texts", Value(std::move(texts)));
  scope.set("map", Value(std::move(members)));
  scope.set("json", Value(std::move(json)));
  return scope;
}

inline std::vector<HardExpression> hard_patterns() {
  return {
      {"patterns on a large text", "list.map(a, text.matches('(x+x+)+y')).size()"},
      {"patterns with many states", "list.map(a, text.matches('(x|xx|xxx){1,30}y')).size()"},
      {"patterns made",
       "list.map(a, 'x'.matches('(a{1,9}){1,' + string(a % 90 + 1) + '}')).size()"},
      {"large patterns made",
       "list.map(a, 'x'.matches('((a{1,30}){1,30}){1,' + string(a % 9 + 1) + '}b' + string(a)))"
       ".size()"},
      {"patterns with classes",
       "list.map(a, 'x'.matches('[\\\\p{L}\\\\p{N}]{1,' + string(a % 90 + 1) + '}')).size()"},
      {"patterns that count back", "list.map(a, noise.matches('(a|b)*a(a|b){12}c')).size()"},
      {"patterns that count back in short texts",
       "cel.bind(s, noise.substring(0, 300), list.map(a, s.matches('(a|b)*a(a|b){12}c')).size())"},
      {"a pattern that counts back once",
       "cel.bind(s, noise.substring(0, 30000), s.matches('(a|b)*a(a|b){12}c'))", false},
      {"small patterns that count back", "noise.matches('(a|b)*a(a|b){4}c')", false},
      {"patterns that count far back",
       "list.map(a, noise.matches('(a|b)*a(a|b){' + string(a % 90 + 9) + '}c')).size()"},
  };
}

inline std::vector<HardExpression> hard_expressions() {
  constexpr std::size_t kBytes = 10'000;
  const auto filled = [](const std::string& first, const std::string& part) {
    return first + repeated(part, (kBytes - first.size()) / part.size());
  };
  const auto over_lists = [](const std::string& body) {
    return "list.map(a, list.map(b, " + body + ")).size()";
  };
  std::vector<HardExpression> all{
      {"sums", filled("1", "+1"), false},
      {"conditions", filled("true", "&&true"), false},
      {"texts put together", filled("'a'", "+'a'"), false},
      {"a large text put together", filled("text", "+'a'"), true},
      {"loops in loops", "list.map(a, list.map(b, list.map(c, a*b*c))).size()"},
      {"filters", "list.filter(a, list.exists(b, b > a && list.all(c, c >= 0))).size()"},
      {"lists made longer", filled("[0]", "+list"), true},
      {"texts compared", over_lists("text == text + ''")},
      {"lists compared", over_lists("list == list")},
      {"maps compared", over_lists("map == map")},
      {"members found", over_lists("map['key' + string(b)]")},
      {"looked for in a list", over_lists("b in list")},
      {"hashes", "list.map(a, sha256(text)).size()"},
      {"encoded", "list.map(a, base64.encode(bytes(text))).size()"},
      {"decoded", "list.map(a, base64.decode(text)).size()"},
      {"JSON read", "list.map(a, fromJson(json)).size()"},
      {"JSON written", "list.map(a, toJson(list)).size()"},
      {"split", "list.map(a, text.split('')).size()"},
      {"split and joined", "list.map(a, texts.join('-').split('-')).size()"},
      {"replaced", "list.map(a, text.replace('x', 'yy')).size()"},
      {"looked for at the end", "list.map(a, text.indexOf('y')).size()"},
      {"looked for from the end", "list.map(a, text.lastIndexOf('xy')).size()"},
      {"contained", "list.map(a, text.contains('xxxxxxxxxxxxxxxxxxxxxxxy')).size()"},
      {"reversed", "list.map(a, text.reverse()).size()"},
      {"upper case", "list.map(a, text.upperAscii()).size()"},
      {"counted", "list.map(a, text.size()).size()"},
      {"formatted", "list.map(a, '%s %s'.format([list, texts])).size()"},
      {"sorted", "list.map(a, list.sort()).size()"},
      {"made distinct", "list.map(a, texts.distinct()).size()"},
      {"flattened", "list.map(a, [list, list].flatten()).size()"},
      {"a long part looked for",
       "list.map(a, text.contains(text.substring(0, 100000) + 'y')).size()"},
      {"a long part looked for at the end",
       "list.map(a, text.lastIndexOf('y' + text.substring(0, 100000))).size()"},
      {"a long part replaced",
       "list.map(a, text.replace(text.substring(0, 100000) + 'y', '')).size()"},
      {"characters far inside", "list.map(a, text.charAt(199999)).size()"},
      {"parts far inside", "list.map(a, text.substring(199999)).size()"},
      {"trimmed", "list.map(a, text.trim()).size()"},
      {"quoted", "list.map(a, strings.quote(text)).size()"},
      {"decimals", "list.map(a, list.map(b, decimal(b, 30))).size()"},
      {"times", "list.map(a, list.map(b, timestamp(b).in('+08:00'))).size()"},
  };
  for (HardExpression& pattern : hard_patterns()) all.push_back(std::move(pattern));
  return all;
}

}  // namespace gantry::expr
