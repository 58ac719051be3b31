// What commands that ask the server share: asking, and reading and printing its answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/client.h"
#include "app/commands.h"

namespace gantry::app {

// Connects, runs the body, turns an error into a message and an exit code.
int with_server(const Context& context, const std::function<Status(Client&)>& body);

std::string run_path(const std::string& run);  // "/api/v1/runs/42"
std::string in_language(const Context& context, Text text);

ValueList items_of(const Value& page);  // of a page of a list; empty if there are none
// The items of every page. `path` has no query.
Result<std::vector<Value>> read_all(Client& client, const std::string& path);

std::string member(const Value& object, std::string_view name);  // as text, "" if null or absent
// Of a task, an attempt or a line of a log: "load", of an item "load[3]".
std::string task_name(const Value& object);
std::optional<Instant> instant_member(const Value& object, std::string_view name);

// "&name=value", escaped, if there is a value; '?' if it is the first.
void add_query(std::string& path, std::string_view name, const std::string& value);

void print_json(const Value& value);
// A table that fits the terminal; the last column is cut first.
void print_table(const Terminal& terminal, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);
// The items of a page as JSON, or as a table of one row each.
using RowOf = std::function<std::vector<std::string>(const Value& item)>;
void print_items(const Context& context, const Value& page, const std::vector<Text>& header,
                 const RowOf& row_of);
// What was done: the answer as JSON, else the sentence unless --quiet.
void print_done(const Context& context, const Value& answer, const std::string& sentence);
void print_warning(const Context& context, const std::string& text);  // to standard error
// To standard error: what is wrong with files whose last good version is still used.
Status print_file_problems(const Context& context, Client& client,
                           const std::function<bool(const Value& problem)>& shown);
std::string shown_time(const Value& object, std::string_view name);  // "2026-10-01 02:00:00", "-"

}  // namespace gantry::app
