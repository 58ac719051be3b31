#include "app/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/exit_code.h"
#include "base/json.h"
#include "base/utf8.h"
#include "spec/diagnostics.h"

namespace gantry::app {

int with_server(const Context& context, const std::function<Status(Client&)>& body) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto client = Client::connect(*home, context.terminal.lang);
  if (!client.ok()) return complain(client.error());
  const Status done = body(**client);
  return done.ok() ? kSucceeded : complain(done.error());
}

std::string run_path(const std::string& run) { return "/api/v1/runs/" + escape_segment(run); }

std::string in_language(const Context& context, Text text) {
  return std::string(text.in(context.terminal.lang));
}

ValueList items_of(const Value& page) {
  const Value* items = page.find("items");
  return items != nullptr && items->is(Value::Kind::List) ? items->as_list() : ValueList{};
}

Result<std::vector<Value>> read_all(Client& client, const std::string& path) {
  std::vector<Value> items;
  std::string cursor;
  do {
    TRY(const Value page, client.get(path + "?limit=1000" +
                                     (cursor.empty() ? "" : "&cursor=" + escape_segment(cursor))));
    for (Value& item : items_of(page)) items.push_back(std::move(item));
    cursor = member(page, "next_cursor");
  } while (!cursor.empty());
  return items;
}

std::string member(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  return value == nullptr ? "" : to_text(*value);
}

std::string task_name(const Value& object) {
  const std::string name = member(object, "task"), item = member(object, "item");
  return item.empty() ? name : name + "[" + item + "]";
}

std::optional<Instant> instant_member(const Value& object, std::string_view name) {
  const Value* value = object.find(name);
  if (value == nullptr || !value->is(Value::Kind::String)) return std::nullopt;
  auto instant = parse_instant(value->as_string());
  return instant.ok() ? std::optional(*instant) : std::nullopt;
}

void add_query(std::string& path, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  const char sign = path.find('?') == std::string::npos ? '?' : '&';
  path += fmt::format("{}{}={}", sign, name, escape_segment(value));
}

void print_json(const Value& value) { fmt::print("{}\n", to_json(value)); }

void print_table(const Terminal& terminal, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const std::string& title : header) widths.push_back(display_width(title));
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  const auto print_row = [&](const std::vector<std::string>& row, Ink ink) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += row[i];
      if (i + 1 < row.size())
        line.append(static_cast<std::size_t>(widths[i] - display_width(row[i])), ' ');
    }
    if (terminal.is_terminal) line = fit_width(line, terminal.width);
    fmt::print("{}\n", paint(terminal, ink, line));
  };
  print_row(header, Ink::Bold);
  for (const auto& row : rows) print_row(row, Ink::Plain);
}

void print_items(const Context& context, const Value& page, const std::vector<Text>& header,
                 const RowOf& row_of) {
  if (context.json) return print_json(items_of(page));
  std::vector<std::string> titles;
  for (const Text& title : header) titles.push_back(in_language(context, title));
  std::vector<std::vector<std::string>> rows;
  for (const Value& item : items_of(page)) rows.push_back(row_of(item));
  print_table(context.terminal, titles, rows);
}

void print_done(const Context& context, const Value& answer, const std::string& sentence) {
  if (context.json)
    print_json(answer);
  else if (!context.quiet)
    fmt::print("{}\n", sentence);
}

std::string shown_time(const Value& object, std::string_view name) {
  const std::string text = member(object, name);
  return text.size() < 19 ? "-" : text.substr(0, 10) + " " + text.substr(11, 8);
}

void print_warning(const Context& context, const std::string& text) {
  fmt::print(stderr, "{}: {}\n", in_language(context, spec::name_of(spec::Severity::Warning)),
             text);
}

Status print_file_problems(const Context& context, Client& client,
                           const std::function<bool(const Value&)>& shown) {
  TRY(const auto problems, read_all(client, "/api/v1/workflow-problems"));
  for (const Value& problem : problems) {
    if (!shown(problem)) continue;
    const Value* diagnostics = problem.find("diagnostics");
    if (diagnostics == nullptr || !diagnostics->is(Value::Kind::List)) continue;
    for (const Value& d : diagnostics->as_list()) {
      const bool is_error = member(d, "severity") == "error";
      const Text severity =
          spec::name_of(is_error ? spec::Severity::Error : spec::Severity::Warning);
      fmt::print(
          stderr, "{}\n",
          paint(context.terminal, is_error ? Ink::Red : Ink::Yellow,
                printable(fmt::format("{}:{}:{}: {}: {} [{}]", member(d, "file"), member(d, "line"),
                                      member(d, "column"), in_language(context, severity),
                                      member(d, "message"), member(d, "code")))));
    }
  }
  return ok();
}

}  // namespace gantry::app
