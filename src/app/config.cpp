#include "app/config.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <thread>

#include "app/settings.h"
#include "base/check.h"
#include "base/explain.h"
#include "base/files.h"
#include "spec/yaml_tree.h"

namespace gantry::app {

namespace {
constexpr int kPortMax = 65'535;

Status apply(Config& config, const Setting& setting, const std::string& text,
             const std::string& source) {
  TRY_STATUS(setting.set(config, text));
  config.sources[std::string(setting.key)] = source;
  return ok();
}

const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : settings())
    if (setting.key == key) return &setting;
  return nullptr;
}

bool is_section(std::string_view key) {
  for (const Setting& setting : settings())
    if (setting.key.starts_with(key) && setting.key.substr(key.size()).starts_with("."))
      return true;
  return false;
}

// gantry.yaml as a tree, with errors that name the place.
class ConfigFile {
 public:
  ConfigFile(const std::string& path, const spec::Tree& tree) : path_(path), tree_(tree) {}

  Status read(Config& config) const { return read_section(tree_.root(), "", config); }

 private:
  Status read_section(const spec::Node& section, const std::string& prefix, Config& config) const {
    for (std::size_t i = 0; i + 1 < section.children.size(); i += 2) {
      const spec::Node& name = tree_.at(section.children[i]);
      const spec::Node& value = tree_.at(section.children[i + 1]);
      const std::string key = prefix + name.text;
      if (const Setting* setting = find_setting(key)) {
        TRY_STATUS(read_setting(*setting, value, config));
      } else if (is_section(key)) {
        if (value.kind != spec::NodeKind::Map)
          return at(value, refuse({"{} is a map of settings", "{} 是由设置组成的映射"}, key));
        TRY_STATUS(read_section(value, key + ".", config));
      } else {
        return at(name, unknown(key));
      }
    }
    return ok();
  }

  Status read_setting(const Setting& setting, const spec::Node& value, Config& config) const {
    const bool is_right =
        setting.is_map ? value.kind == spec::NodeKind::Map : value.kind != spec::NodeKind::Map;
    if (!is_right)
      return at(value, setting.is_map
                           ? refuse({"{} is a map of names to values", "{} 是由名称和值组成的映射"},
                                    setting.key)
                           : refuse({"{} is one value", "{} 是单个值"}, setting.key));
    const Status taken = apply(config, setting, text_of(value),
                               fmt::format("{}:{}", base_name(path_), value.place.line));
    return taken.ok() ? ok() : Status(at(value, within({setting.key, setting.key}, taken.error())));
  }

  // A map as "a=1,b=2", a list as "a,b": the form of flags and variables.
  std::string text_of(const spec::Node& value) const {
    std::vector<std::string> parts;
    if (value.kind == spec::NodeKind::Map)
      for (std::size_t i = 0; i + 1 < value.children.size(); i += 2)
        parts.push_back(tree_.at(value.children[i]).text + "=" +
                        tree_.at(value.children[i + 1]).text);
    else if (value.kind == spec::NodeKind::List)
      for (const auto child : value.children) parts.push_back(tree_.at(child).text);
    else
      return value.text;
    return join(parts, ",");
  }

  static Error unknown(const std::string& key) {
    std::vector<std::string_view> keys;
    for (const Setting& setting : settings()) keys.push_back(setting.key);
    const std::string near = nearest(key, keys);
    if (near.empty())
      return refuse({"unknown setting '{}'; 'gantry config' lists all",
                     "未知的设置“{}”；'gantry config' 列出全部设置"},
                    key);
    return refuse({"unknown setting '{}'; is it {}?", "未知的设置“{}”；是不是 {}？"}, key, near);
  }

  Error at(const spec::Node& node, const Error& what) const {
    const std::string place = fmt::format("{}:{}:{}", path_, node.place.line, node.place.column);
    return {Code::InvalidArgument, fmt::format("{}: {}", place, what.message),
            fmt::format("{}: {}", place, message_in(what, Lang::Zh))};
  }

  const std::string& path_;
  const spec::Tree& tree_;
};

Status read_file_into(const std::string& path, Config& config) {
  auto text = read_file(path, limits::kDefinitionBytesMax);
  if (!text.ok()) return text.error().code == Code::NotFound ? ok() : text.error();
  spec::Diagnostics problems(path);
  const auto tree = spec::parse_yaml(*text, problems);
  if (!tree) {
    const auto found = std::move(problems).take();
    const bool says_nothing = found.front().code == "empty-file";
    return says_nothing ? ok() : Status(spec::to_error(found.front()));
  }
  return ConfigFile(path, *tree).read(config);
}

Status apply_named(Config& config, const Setting& setting, const std::string& text,
                   const std::string& source) {
  const Status taken = apply(config, setting, text, source);
  return taken.ok() ? ok() : Status(within({source, source}, taken.error()));
}

Status read_environment(Config& config) {
  for (const Setting& setting : settings()) {
    const std::string variable = variable_of(setting);
    if (const char* text = std::getenv(variable.c_str()))
      TRY_STATUS(apply_named(config, setting, text, variable));
  }
  return ok();
}

Status read_flags(const SettingFlags& flags, Config& config) {
  for (const auto& [key, text] : flags) {
    const Setting* setting = find_setting(key);
    CHECK(setting != nullptr);
    TRY_STATUS(apply_named(config, *setting, text, flag_of(*setting)));
  }
  return ok();
}
}  // namespace

std::string to_text(const Listen& listen) {
  const bool is_v6 = listen.address.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(is_v6 ? "[{}]:{}" : "{}:{}"), listen.address, listen.port);
}

Result<Listen> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    return refuse({"'{}' is no address to listen on; write it as 127.0.0.1:7400",
                   "“{}”不是监听地址；请写成 127.0.0.1:7400"},
                  text);
  Listen listen;
  std::string address = text.substr(0, colon);
  if (address.starts_with("[") && address.ends_with("]"))
    address = address.substr(1, address.size() - 2);
  if (!address.empty()) listen.address = address == "localhost" ? "127.0.0.1" : address;
  const std::string_view digits = std::string_view(text).substr(colon + 1);
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), listen.port);
  if (failure != std::errc() || end != digits.data() + digits.size() || listen.port < 0 ||
      listen.port > kPortMax)
    return refuse({"'{}' is no port; a number from 0 to {}", "“{}”不是端口；应为 0 到 {} 的数字"},
                  digits, kPortMax);
  return listen;
}

int default_local_slots() {
  return std::max(16, 4 * static_cast<int>(std::thread::hardware_concurrency()));
}

Value vars_of(const Config& config) {
  ValueMap vars;
  for (const auto& [name, text] : config.vars) vars.emplace_back(name, text);
  return Value(std::move(vars));
}

Config default_config() {
  Config config;
  config.limits.local_slots = default_local_slots();
  return config;
}

Result<Config> load_config(const Home& home, const SettingFlags& flags) {
  Config config = default_config();
  TRY_STATUS(read_file_into(home.config_file(), config));
  TRY_STATUS(read_environment(config));
  TRY_STATUS(read_flags(flags, config));
  if (config.tls_certificate.empty() != config.tls_key.empty())
    return refuse({"tls.certificate and tls.key belong together; one of them is missing",
                   "tls.certificate 和 tls.key 须一起给出；缺少其中之一"});
  return config;
}

}  // namespace gantry::app
