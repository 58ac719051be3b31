#include "app/config.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <thread>

#include "base/files.h"
#include "spec/yaml_tree.h"

namespace gantry::app {

namespace {
constexpr int kSlotsMax = 100'000;

Result<int> number(std::string_view text, int min, int max, const std::string& what) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return invalid(fmt::format("{}: '{}' is not a number from {} to {}", what, text, min, max));
  return value;
}

// gantry.yaml as a tree, with errors that name the place.
class ConfigFile {
 public:
  ConfigFile(const std::string& path, const spec::Tree& tree) : path_(path), tree_(tree) {}

  Status read(Config& config) const {
    const spec::Node& root = tree_.root();
    for (std::size_t i = 0; i + 1 < root.children.size(); i += 2)
      TRY_STATUS(read_key(tree_.at(root.children[i]), tree_.at(root.children[i + 1]), config));
    return ok();
  }

 private:
  Status read_key(const spec::Node& key, const spec::Node& value, Config& config) const {
    if (key.text == "listen") {
      auto listen = parse_listen(value.text);
      if (!listen.ok()) return at(value, listen.error().message);
      config.listen = std::move(listen).value();
      return ok();
    }
    if (key.text == "slots")
      return read_number(value, 1, kSlotsMax, "slots", config.limits.local_slots);
    if (key.text == "reader_threads")
      return read_number(value, 1, 64, "reader_threads", config.reader_threads);
    if (key.text == "pools") return read_pools(value, config);
    return at(key,
              fmt::format("unknown key '{}'; there are listen, slots, pools and reader_threads",
                          key.text));
  }

  Status read_pools(const spec::Node& pools, Config& config) const {
    if (pools.kind != spec::NodeKind::Map)
      return at(pools, "pools is a map of names to numbers of slots");
    for (std::size_t i = 0; i + 1 < pools.children.size(); i += 2) {
      const spec::Node& name = tree_.at(pools.children[i]);
      TRY_STATUS(read_number(tree_.at(pools.children[i + 1]), 0, kSlotsMax, "pool " + name.text,
                             config.limits.pools[name.text]));
    }
    return ok();
  }

  Status read_number(const spec::Node& node, int min, int max, const std::string& what,
                     int& into) const {
    auto value = number(node.text, min, max, what);
    if (!value.ok()) return at(node, value.error().message);
    into = *value;
    return ok();
  }

  Error at(const spec::Node& node, const std::string& message) const {
    return invalid(fmt::format("{}:{}:{}: {}", path_, node.place.line, node.place.column, message));
  }

  const std::string& path_;
  const spec::Tree& tree_;
};

Status read_file_into(const std::string& path, Config& config) {
  auto text = read_file(path, limits::kDefinitionBytesMax);
  if (!text.ok()) return text.error().code == Code::NotFound ? ok() : text.error();
  spec::Diagnostics problems(path);
  const auto tree = spec::parse_yaml(*text, problems);
  if (!tree) return invalid(spec::to_line(std::move(problems).take().front()));
  return ConfigFile(path, *tree).read(config);
}

Status read_environment(Config& config) {
  if (const char* listen = std::getenv("GANTRY_LISTEN")) {
    TRY(config.listen, parse_listen(listen));
  }
  if (const char* slots = std::getenv("GANTRY_SLOTS")) {
    TRY(config.limits.local_slots, number(slots, 1, kSlotsMax, "GANTRY_SLOTS"));
  }
  return ok();
}
}  // namespace

Result<Listen> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    return invalid(
        fmt::format("'{}' is no address to listen on; write it as 127.0.0.1:7400", text));
  Listen listen;
  std::string address = text.substr(0, colon);
  if (address.starts_with("[") && address.ends_with("]"))
    address = address.substr(1, address.size() - 2);
  if (!address.empty()) listen.address = address == "localhost" ? "127.0.0.1" : address;
  TRY(listen.port, number(std::string_view(text).substr(colon + 1), 0, 65535, "port"));
  return listen;
}

int default_local_slots() {
  return std::max(16, 4 * static_cast<int>(std::thread::hardware_concurrency()));
}

Result<Config> load_config(const Home& home) {
  Config config;
  config.limits.local_slots = default_local_slots();
  TRY_STATUS(read_file_into(home.config_file(), config));
  TRY_STATUS(read_environment(config));
  return config;
}

}  // namespace gantry::app
