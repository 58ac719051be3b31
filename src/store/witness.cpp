#include "store/witness.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "store/run_check.h"

namespace gantry::store {

using model::AttemptRow;
using model::AttemptState;

namespace {
constexpr std::size_t kKeyFields = 5;

template <typename Integer>
bool parse(std::string_view text, Integer& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

bool parse_item(std::string_view text, ItemPath& item) {
  if (text == "-") return true;
  const auto path = item_path_of(text);
  item = path.value_or(ItemPath());
  return path && !path->is_none();
}

bool parse_key(const std::vector<std::string_view>& fields, WitnessKey& key) {
  key.task = std::string(fields[1]);
  return parse(fields[0], key.run.value) && !key.task.empty() && parse_item(fields[2], key.item) &&
         parse(fields[3], key.generation) && parse(fields[4], key.attempt);
}

bool add_line(std::string_view line, int number, Witness& witness) {
  const auto fields = split(line, ' ');
  WitnessKey key;
  if (fields.size() <= kKeyFields || !parse_key(fields, key)) return false;
  WitnessEntry& entry = witness.entries[key];
  if (fields[kKeyFields] == "begin" && fields.size() == kKeyFields + 1) {
    ++entry.begins;
    entry.line = number;
    return true;
  }
  int exit_code = 0;
  if (fields[kKeyFields] != "end" || fields.size() != kKeyFields + 2 ||
      !parse(fields[kKeyFields + 1], exit_code))
    return false;
  entry.exit_code = exit_code;
  return true;
}
}  // namespace

Result<Witness> parse_witness(std::string_view text) {
  Witness witness;
  int number = 0;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    ++number;
    if (!add_line(text.substr(0, end), number, witness))
      return invalid(
          fmt::format("witness line {} is not 'RUN TASK ITEM GENERATION ATTEMPT begin' "
                      "or '... end EXIT_CODE': {}",
                      number, text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  witness.lines = number;
  return witness;
}

std::string text_of(const WitnessKey& key) {
  const std::string item = key.item.is_none() ? "" : fmt::format(" item {},", to_text(key.item));
  return fmt::format("run {}, task {},{} generation {}, attempt {}", key.run.value, key.task, item,
                     key.generation, key.attempt);
}

namespace {
class WitnessCheck {
 public:
  WitnessCheck(const Witness& witness, const RunFacts& facts, std::vector<Violation>& out)
      : witness_(witness), run_(facts.view.origin.run), facts_(facts), out_(out) {
    for (const AttemptRow& row : facts.attempts) attempts_.emplace(key_of(row), &row);
  }

  void check() {
    const WitnessKey first{run_, "", std::numeric_limits<std::int32_t>::min(), 0, 0};
    for (auto at = witness_.entries.lower_bound(first);
         at != witness_.entries.end() && at->first.run == run_; ++at)
      check_entry(at->first, at->second);
    for (const auto& [key, row] : attempts_)
      if (row->state == AttemptState::Succeeded && ends_in_witness(key) == false)
        report("I4", fmt::format("{}: recorded as succeeded, but the task never wrote its end",
                                 text_of(key)));
  }

 private:
  WitnessKey key_of(const AttemptRow& row) const {
    const auto& tasks = facts_.tasks_in(row.generation);
    const bool known = row.task.value < tasks.size();
    return {run_, known ? tasks[row.task.value].name : fmt::format("#{}", row.task.value), row.item,
            row.generation, row.number};
  }

  void report(const char* invariant, std::string evidence) {
    out_.push_back({invariant, run_, std::move(evidence)});
  }

  // Nothing if the task wrote nothing at all: it may not be one that writes.
  std::optional<bool> ends_in_witness(const WitnessKey& key) const {
    const auto found = witness_.entries.find(key);
    if (found == witness_.entries.end() || found->second.begins == 0) return std::nullopt;
    return found->second.exit_code.has_value();
  }

  // Void attempts keep their number for the next one: the one that really ran counts.
  const AttemptRow* recorded(const WitnessKey& key) const {
    const AttemptRow* best = nullptr;
    const auto [from, to] = attempts_.equal_range(key);
    for (auto at = from; at != to; ++at)
      if (best == nullptr || best->state == AttemptState::NotStarted) best = at->second;
    return best;
  }

  void check_entry(const WitnessKey& key, const WitnessEntry& entry) {
    if (entry.begins > 1)
      report("I2", fmt::format("{} began {} times, last in line {}", text_of(key), entry.begins,
                               entry.line));
    const AttemptRow* row = recorded(key);
    if (row == nullptr)
      return report("I2",
                    fmt::format("{} ran (line {}), but is not recorded", text_of(key), entry.line));
    if (row->state == AttemptState::NotStarted)
      report("I2", fmt::format("{} ran (line {}), but is recorded as not started", text_of(key),
                               entry.line));
    check_completed(key, entry);
    check_exit(key, entry, *row);
  }

  void check_completed(const WitnessKey& key, const WitnessEntry& entry) {
    if (key.attempt <= 1 || is_background(key)) return;
    WitnessKey earlier = key;
    for (earlier.attempt = 1; earlier.attempt < key.attempt; ++earlier.attempt) {
      const AttemptRow* row = recorded(earlier);
      if (row != nullptr && row->state == AttemptState::Succeeded)
        report("I3", fmt::format("{} began (line {}) although attempt {} had succeeded",
                                 text_of(key), entry.line, earlier.attempt));
    }
  }

  void check_exit(const WitnessKey& key, const WitnessEntry& entry, const AttemptRow& row) {
    if (!entry.exit_code) return;
    const bool ended = row.state == AttemptState::Succeeded || row.state == AttemptState::Failed;
    if (ended && row.signal == 0 && row.exit_code != *entry.exit_code)
      report("I4", fmt::format("{} wrote exit code {}, recorded is {}", text_of(key),
                               *entry.exit_code, row.exit_code));
  }

  bool is_background(const WitnessKey& key) const {
    for (const VersionTask& t : facts_.tasks_in(key.generation))
      if (t.name == key.task) return t.repeats;
    return false;
  }

  const Witness& witness_;
  RunNo run_;
  const RunFacts& facts_;
  std::multimap<WitnessKey, const AttemptRow*> attempts_;
  std::vector<Violation>& out_;
};
}  // namespace

void check_witness(const Witness& witness, const RunFacts& facts, std::vector<Violation>& out) {
  WitnessCheck(witness, facts, out).check();
}

}  // namespace gantry::store
