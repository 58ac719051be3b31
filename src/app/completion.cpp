#include "app/completion.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/answers.h"
#include "app/exit_code.h"
#include "app/help.h"
#include "pages/library.h"

namespace gantry::app {

namespace {

using Words = std::vector<std::string>;

// The command that the words name, and how many of them its name takes.
std::pair<const Command*, std::size_t> command_of(const std::vector<Command>& commands,
                                                  const Words& words) {
  std::pair<const Command*, std::size_t> found{nullptr, 0};
  std::string name;
  for (std::size_t i = 0; i + 1 < words.size() && !words[i].starts_with("-"); ++i) {
    name += (name.empty() ? "" : " ") + words[i];
    for (const Command& command : commands)
      if (command.name == name) found = {&command, i + 1};
  }
  return found;
}

// The next word of every command that goes on as the words do.
Words command_words(const std::vector<Command>& commands, const Words& words) {
  const Words before(words.begin(), words.end() - 1);
  const std::string prefix = before.empty() ? "" : join(before, " ") + " ";
  Words out;
  for (const Command& command : commands) {
    if (!command.name.starts_with(prefix)) continue;
    std::string word = command.name.substr(prefix.size());
    word = word.substr(0, word.find(' '));
    if (out.empty() || out.back() != word) out.push_back(std::move(word));
  }
  return out;
}

bool is_called(const Argument& option, const std::string& word) {
  const auto names = split(option.names, ',');
  return std::find(names.begin(), names.end(), word) != names.end();
}

bool takes_value(const Argument& option) { return !std::holds_alternative<bool*>(option.into); }

bool takes_several(const Argument& argument) {
  return std::holds_alternative<std::vector<std::string>*>(argument.into);
}

// A walk over the words of one command: which argument is under the cursor?
class Walk {
 public:
  Walk(const Command& command, Context& scratch) {
    for (const Argument& a : command.arguments) (is_option(a) ? options_ : places_).push_back(a);
    for (const Argument& a : common_arguments(scratch)) options_.push_back(a);
  }

  Candidates at_cursor(const Words& words, std::size_t from) {
    for (std::size_t i = from; i + 1 < words.size(); ++i) pass(words[i]);
    if (value_of_ != nullptr) return of(*value_of_);
    if (words.back().starts_with("-")) return {option_names(), Offers::Nothing, ""};
    if (place_ < places_.size()) return of(places_[place_]);
    return {};
  }

 private:
  void pass(const std::string& word) {
    if (value_of_ != nullptr) {
      value_of_ = nullptr;
      return;
    }
    if (word.starts_with("-")) {
      for (const Argument& option : options_)
        if (is_called(option, word) && takes_value(option)) value_of_ = &option;
      return;
    }
    if (place_ >= places_.size()) return;
    if (places_[place_].offers == Offers::Runs) run_ = word;
    if (!takes_several(places_[place_])) ++place_;
  }

  Candidates of(const Argument& argument) const {
    return {argument.choices, argument.offers, run_};
  }

  Words option_names() const {
    Words out{"--help"};
    for (const Argument& option : options_)
      for (const auto name : split(option.names, ','))
        if (name.starts_with("--")) out.emplace_back(name);
    return out;
  }

  std::vector<Argument> options_, places_;
  const Argument* value_of_ = nullptr;
  std::size_t place_ = 0;
  std::string run_;
};

}  // namespace

Candidates complete(const std::vector<Command>& commands, const Words& words) {
  if (words.empty()) return {};
  Candidates out;
  Context scratch;
  const auto [command, taken] = command_of(commands, words);
  if (command != nullptr)
    out = Walk(*command, scratch).at_cursor(words, taken);
  else
    out.words = command_words(commands, words);
  std::erase_if(out.words,
                [&](const std::string& word) { return !word.starts_with(words.back()); });
  return out;
}

namespace {

constexpr int kNamesMax = 100;

Status add_names(Client& client, const std::string& path, std::string_view field, Words& out) {
  TRY(const Value page, client.get(path));
  for (const Value& item : items_of(page)) out.push_back(member(item, field));
  return ok();
}

// Names that only the server knows. No server, no names: nobody wants an error at a key.
Words ask_server(const Context& context, const Candidates& candidates, const std::string& begin) {
  Words out;
  const auto home = find_home(context.home_option);
  if (!home.ok()) return out;
  const auto client = Client::connect(*home, context.terminal.lang);
  if (!client.ok()) return out;
  const std::string limit = fmt::format("limit={}", kNamesMax);
  if (candidates.also == Offers::Tasks) {
    (void)add_names(**client,
                    fmt::format("/api/v1/runs/{}/tasks?{}", escape_segment(candidates.run), limit),
                    "task", out);
  } else {
    (void)add_names(**client,
                    fmt::format("/api/v1/workflows?prefix={}&{}", escape_segment(begin), limit),
                    "name", out);
    if (candidates.also == Offers::Runs)
      (void)add_names(**client, "/api/v1/runs?" + limit, "number", out);
  }
  std::erase_if(out, [&](const std::string& word) { return !word.starts_with(begin); });
  return out;
}

// All that `gantry help` takes.
void add_topics(const std::vector<Command>& commands, const std::string& begin, Words& out) {
  Words all = pages::built_in().topics();
  for (const Command& command : commands) all.push_back(command.name);
  all.insert(all.end(), {"topics", "exit-codes"});
  for (std::string& word : all)
    if (word.starts_with(begin)) out.push_back(std::move(word));
}

constexpr std::string_view kBash = R"(_gantry() {
  local IFS=$'\n' answer
  answer=$(gantry __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $answer in
    :files) COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;;
    :folders) COMPREPLY=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")) ;;
    *) COMPREPLY=($answer) ;;
  esac
}
complete -o filenames -F _gantry gantry
)";

constexpr std::string_view kZsh = R"(#compdef gantry
_gantry() {
  local answer
  answer=$(gantry __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  case $answer in
    :files) _files ;;
    :folders) _files -/ ;;
    *) [[ -z $answer ]] || compadd -- "${(@f)answer}" ;;
  esac
}
compdef _gantry gantry
)";

constexpr std::string_view kFish = R"(function __gantry_complete
  set -l answer (gantry __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  switch "$answer"
    case :files
      __fish_complete_path (commandline -ct)
    case :folders
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\n' $answer
  end
end
complete -c gantry -f -a '(__gantry_complete)'
)";

}  // namespace

int complete_words(const Context& context, const Words& words) {
  Context scratch = context;
  Candidates found = complete(all_commands(scratch), words);
  if (found.also == Offers::Files || found.also == Offers::Folders) {
    fmt::print("{}\n", found.also == Offers::Files ? ":files" : ":folders");
    return kSucceeded;
  }
  if (found.also == Offers::Topics)
    add_topics(all_commands(scratch), words.back(), found.words);
  else if (found.also != Offers::Nothing)
    for (std::string& name : ask_server(context, found, words.back()))
      found.words.push_back(std::move(name));
  for (const std::string& word : found.words) fmt::print("{}\n", printable(word));
  return kSucceeded;
}

int completion(const std::string& shell) {
  fmt::print("{}", shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return kSucceeded;
}

}  // namespace gantry::app
