// diff: what differs between two workflows by what they mean. A side is a file, or a workflow of
// the server as NAME or NAME@VERSION.
#include <fmt/format.h>

#include <filesystem>

#include "app/answers.h"
#include "app/commands.h"
#include "app/complain.h"
#include "app/exit_code.h"
#include "app/home.h"
#include "app/workflow_files.h"
#include "base/explain.h"
#include "base/json.h"
#include "spec/difference.h"

namespace gantry::app {

namespace {

namespace fs = std::filesystem;
using spec::Difference;

constexpr int kSame = 0, kDifferent = 1;

bool is_file(const std::string& side) {
  std::error_code failure;
  return side.ends_with(".yaml") || fs::is_regular_file(side, failure);
}

// Below the workflows of the home its place names it, elsewhere the file does.
std::string server_name_of(const Context& context, const std::string& file) {
  std::error_code failure;
  const fs::path path = fs::weakly_canonical(file, failure);
  const auto home = find_home(context.home_option);
  if (home.ok()) {
    const fs::path folder = fs::weakly_canonical(home->workflows(), failure);
    const std::string below = path.lexically_relative(folder).generic_string();
    if (!below.empty() && !below.starts_with("..")) return workflow_name_of(below);
  }
  return name_of_file(file);
}

std::vector<model::VersionFile> files_of(const Value& version) {
  std::vector<model::VersionFile> files;
  const Value* list = version.find("files");
  if (list == nullptr || !list->is(Value::Kind::List)) return files;
  for (const Value& item : list->as_list())
    files.push_back(
        {member(item, "path"), member(item, "hash"), member(item, "executable") == "true", ""});
  return files;
}

// NAME or NAME@VERSION.
Result<model::Definition> read_version(Client& client, const std::string& side) {
  const auto at = side.rfind('@');
  const std::string name = side.substr(0, at);
  const std::string path = "/api/v1/workflows/" + escape_segment(name);
  std::string number = at == std::string::npos ? "" : side.substr(at + 1);
  if (number.empty()) {
    TRY(const Value workflow, client.get(path));
    number = member(workflow, "version");
  }
  TRY(const Value version, client.get(path + "/versions/" + escape_segment(number)));
  auto loaded = spec::load_stored(member(version, "text"), name);
  if (!loaded.definition)
    return explain(Code::DataLoss,
                   {"version {} of workflow '{}' can not be read", "无法读取工作流“{1}”的版本 {0}"},
                   number, name);
  loaded.definition->files = files_of(version);
  return *std::move(loaded.definition);
}

struct Sides {
  std::string before;
  std::string after;
};

// One side: what is new is the file, or the workflow as it is now.
Sides sides_of(const Context& context, const DiffOptions& options) {
  if (!options.after.empty()) return {options.before, options.after};
  if (is_file(options.before)) return {server_name_of(context, options.before), options.before};
  return {options.before, options.before.substr(0, options.before.rfind('@'))};
}

struct Pair {
  std::optional<model::Definition> before;
  std::optional<model::Definition> after;
};

// kSame, or the exit code of what went wrong and was told.
int read_file_side(const Context& context, const std::string& side,
                   std::optional<model::Definition>& out) {
  if (!is_file(side)) return kSame;
  out = load_or_complain(context, side);
  return out ? kSame : kInvalid;
}

int read_sides(const Context& context, const Sides& sides, Pair& pair) {
  for (const auto& [side, out] :
       {std::pair(&sides.before, &pair.before), std::pair(&sides.after, &pair.after)})
    if (const int failed = read_file_side(context, *side, *out); failed != kSame) return failed;
  if (pair.before && pair.after) return kSame;
  const int code = with_server(context, [&](Client& client) -> Status {
    if (!pair.before) {
      TRY(pair.before, read_version(client, sides.before));
    }
    if (!pair.after) {
      TRY(pair.after, read_version(client, sides.after));
    }
    return ok();
  });
  return code == kFailed ? kInvalid : code;  // 1 says that they differ
}

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "-";
  const bool is_plain = value->find('\n') == std::string::npos && !value->empty();
  if (is_plain) return *value;
  std::string text;
  append_json_string(text, *value);
  return text;
}

std::string line_of(const Difference& one) {
  switch (one.kind) {
    case Difference::Kind::Added: return "+ " + path_of(one);
    case Difference::Kind::Removed: return "- " + path_of(one);
    case Difference::Kind::Changed: break;
  }
  return fmt::format("~ {}: {} -> {}", path_of(one), shown(one.before), shown(one.after));
}

std::string_view name_of(Difference::Kind kind) {
  constexpr std::string_view kNames[] = {"added", "removed", "changed"};
  return kNames[static_cast<int>(kind)];
}

void write_side(JsonWriter& w, std::string_view key, const std::optional<std::string>& value) {
  w.key(key);
  if (value)
    w.value(*value);
  else
    w.null();
}

void print_differences_json(const std::vector<Difference>& all) {
  JsonWriter w;
  w.object().field("equal", all.empty()).key("differences").array();
  for (const Difference& one : all) {
    w.object().field("kind", name_of(one.kind)).field("section", one.owner.section);
    w.field("name", one.owner.name).field("key", one.key);
    write_side(w, "before", one.before);
    write_side(w, "after", one.after);
    w.end();
  }
  w.end().end();
  fmt::print("{}\n", w.text());
}

void print_differences(const Context& context, const std::vector<Difference>& all) {
  if (context.json) return print_differences_json(all);
  for (const Difference& one : all) fmt::print("{}\n", line_of(one));
  if (all.empty() && !context.quiet)
    fmt::print("{}\n", in_language(context, {"they mean the same", "含义相同"}));
}

}  // namespace

int diff(const Context& context, const DiffOptions& options) {
  Pair pair;
  if (const int failed = read_sides(context, sides_of(context, options), pair); failed != kSame)
    return failed;
  const auto all = spec::differences(*pair.before, *pair.after);
  print_differences(context, all);
  return all.empty() ? kSame : kDifferent;
}

}  // namespace gantry::app
