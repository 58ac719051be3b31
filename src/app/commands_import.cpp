// import crontab: a workflow file for each line. Nothing is dropped silently: a line is imported,
// or told with its number and the reason.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "app/commands.h"
#include "app/crontab.h"
#include "app/exit_code.h"
#include "app/text_diff.h"
#include "base/explain.h"
#include "base/files.h"
#include "base/json.h"
#include "schedule/zone.h"
#include "spec/load.h"

namespace gantry::app {

namespace {
constexpr std::size_t kCrontabBytesMax = 4u << 20;

enum class State { New, Unchanged, Replaced, Differs, NotImported, Note };

std::string_view word_of(State state) {
  switch (state) {
    case State::New: return "new";
    case State::Unchanged: return "unchanged";
    case State::Replaced: return "replaced";
    case State::Differs: return "differs";
    case State::NotImported: return "not_imported";
    case State::Note: return "note";
  }
  return "";
}

// What became of one line.
struct Outcome {
  int line = 0;
  State state = State::New;
  std::string file;
  Error why;         // of Differs, NotImported and Note
  std::string diff;  // of a dry run
};

bool is_bad(const Outcome& outcome) {
  return outcome.state == State::Differs || outcome.state == State::NotImported;
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "" : entry->pw_name;
}

// The machine's, which cron follows: /etc/localtime is a link into the zones.
Result<std::string> machine_zone() {
  std::error_code failure;
  const std::string link = std::filesystem::read_symlink("/etc/localtime", failure).string();
  constexpr std::string_view kZones = "zoneinfo/";
  if (const auto at = link.find(kZones); !failure && at != link.npos) {
    const std::string name = link.substr(at + kZones.size());
    if (schedule::find_zone(name).ok()) return name;
  }
  if (const auto named = read_file("/etc/timezone", 200); named.ok()) {
    const std::string name(trim(*named));
    if (schedule::find_zone(name).ok()) return name;
  }
  return refuse({"the machine does not say its time zone; name it: --timezone Europe/Berlin",
                 "无法得知本机的时区；请给出：--timezone Asia/Shanghai"});
}

Result<std::string> read_input(const ImportOptions& options) {
  if (options.file == "-") return read_file("/dev/stdin", kCrontabBytesMax);
  if (!options.file.empty()) return read_file(options.file, kCrontabBytesMax);
  if (options.system) return read_file("/etc/crontab", kCrontabBytesMax);
  return refuse({"name a file, or - for standard input: crontab -l | gantry import crontab -",
                 "请给出文件，或用 - 表示标准输入：crontab -l | gantry import crontab -"});
}

class Import {
 public:
  Import(const ImportOptions& options, std::string folder, std::string zone)
      : options_(options), folder_(std::move(folder)), zone_(std::move(zone)) {
    user_ = options.user.empty() ? user_name() : options.user;
  }

  std::vector<Outcome> all(Crontab crontab) {
    std::vector<Outcome> out;
    for (CrontabNote& note : crontab.notes)
      out.push_back(
          {note.line, note.lost ? State::NotImported : State::Note, "", std::move(note.what), ""});
    for (CrontabLine& line : crontab.lines) out.push_back(one(line));
    std::stable_sort(out.begin(), out.end(),
                     [](const Outcome& a, const Outcome& b) { return a.line < b.line; });
    return out;
  }

 private:
  Outcome one(CrontabLine& line) {
    Outcome out{line.number, State::NotImported, "", {}, ""};
    if (options_.system && line.user != user_) {
      out.why = refuse({"it runs as '{}', tasks run as the user of the server ('{}'): import it "
                        "for a server of that user",
                        "它以“{}”运行，而任务以服务器的用户（“{}”）运行：请导入到该用户的服务器"},
                       line.user, user_);
      return out;
    }
    line.user = user_;
    const std::string name = free_name(name_after(line));
    const std::string text = workflow_of(line, name_after(line), zone_);
    const auto loaded = spec::load_stored(text, name);
    for (const spec::Diagnostic& problem : loaded.diagnostics)
      if (problem.severity == spec::Severity::Error) {
        out.why = Error{Code::InvalidArgument, problem.message, problem.zh};
        return out;
      }
    put(name, text, out);
    return out;
  }

  std::string free_name(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}-{}", wanted, i);
    return name;
  }

  void put(const std::string& name, const std::string& text, Outcome& out) {
    out.file = join_path(folder_, name + ".yaml");
    std::error_code failure;
    const bool exists = std::filesystem::exists(out.file, failure);
    const auto present = exists ? read_file(out.file) : Result<std::string>("");
    if (!present.ok()) return fail(present.error(), out);
    out.diff = text_diff(*present, text);
    if (exists && out.diff.empty()) {
      out.state = State::Unchanged;
      return;
    }
    if (exists && !options_.force) {
      out.state = State::Differs;
      out.why = options_.dry_run
                    ? refuse({"{} is there and differs; --force replaces it",
                              "{} 已存在且内容不同；--force 会替换它"},
                             out.file)
                    : refuse({"{} is there and differs; --force replaces it, --dry-run shows how",
                              "{} 已存在且内容不同；--force 会替换它，--dry-run 显示差异"},
                             out.file);
      return;
    }
    out.state = exists ? State::Replaced : State::New;
    if (options_.dry_run) return;
    if (const Status written = write_file_durably(out.file, text, 0644); !written.ok())
      fail(written.error(), out);
  }

  static void fail(const Error& why, Outcome& out) {
    out.state = State::NotImported;
    out.why = why;
  }

  const ImportOptions& options_;
  std::string folder_;
  std::string zone_;
  std::string user_;
  std::set<std::string> taken_;
};

void print_as_json(const std::vector<Outcome>& outcomes, Lang lang, bool dry_run) {
  JsonWriter w;
  w.array();
  for (const Outcome& outcome : outcomes) {
    w.object().field("line", std::int64_t{outcome.line}).field("state", word_of(outcome.state));
    w.field("file", outcome.file).field("message", message_in(outcome.why, lang));
    w.field("dry_run", dry_run);
    if (dry_run) w.field("diff", outcome.diff);
    w.end();
  }
  w.end();
  fmt::print("{}\n", std::move(w).text());
}

void print_lines(const std::vector<Outcome>& outcomes, const Context& context, bool dry_run) {
  const Lang lang = context.terminal.lang;
  for (const Outcome& o : outcomes) {
    if (dry_run && !o.diff.empty()) fmt::print("--- {0}\n+++ {0}\n{1}", o.file, o.diff);
    const Text imported{"line {}: {}\n", "第 {} 行：{}\n"};
    const Text lost{"line {}: not imported: {}\n", "第 {} 行：未导入：{}\n"};
    std::fflush(stdout);  // in the order of the lines
    if (is_bad(o))
      fmt::print(stderr, fmt::runtime(lost.in(lang)), o.line, message_in(o.why, lang));
    else if (o.state == State::Note)
      fmt::print(stderr, fmt::runtime(imported.in(lang)), o.line, message_in(o.why, lang));
    else if (!context.quiet)
      fmt::print(fmt::runtime(imported.in(lang)), o.line,
                 fmt::format("{} ({})", o.file, word_of(o.state)));
  }
}

Result<std::string> folder_of(const Context& context, const ImportOptions& options) {
  if (!options.out.empty()) return options.out;
  TRY(const Home home, find_home(context.home_option));
  return home.workflows();
}

Result<bool> import_all(const Context& context, const ImportOptions& options) {
  TRY(const std::string text, read_input(options));
  TRY(const std::string folder, folder_of(context, options));
  std::string zone = options.timezone;
  if (zone.empty()) {
    TRY(zone, machine_zone());
  }
  TRY_STATUS(schedule::find_zone(zone).ok() ? ok() : Status(schedule::find_zone(zone).error()));
  if (!options.dry_run) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
      return explain(Code::Unavailable, {"cannot make {}: {}", "无法创建 {}：{}"}, folder,
                     failure.message());
  }
  const auto outcomes = Import(options, folder, zone).all(read_crontab(text, options.system));
  if (context.json)
    print_as_json(outcomes, context.terminal.lang, options.dry_run);
  else
    print_lines(outcomes, context, options.dry_run);
  return std::none_of(outcomes.begin(), outcomes.end(), is_bad);
}
}  // namespace

int import_crontab(const Context& context, const ImportOptions& options) {
  const auto all = import_all(context, options);
  if (!all.ok()) return complain(all.error());
  return *all ? kSucceeded : kInvalid;
}

}  // namespace gantry::app
