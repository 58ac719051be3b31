// config: every setting with its value, its source and its default.
#include <fmt/format.h>

#include "app/answers.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "base/explain.h"

namespace gantry::app {

namespace {

Value as_value(const Context& context, const api::SettingView& setting) {
  return ValueMap{{"key", setting.key},           {"value", setting.value},
                  {"source", setting.source},     {"default", setting.fallback},
                  {"form", setting.form},         {"flag", setting.flag},
                  {"variable", setting.variable}, {"about", in_language(context, setting.about)}};
}

void print_settings(const Context& context, const Config& config) {
  std::vector<std::vector<std::string>> rows;
  for (const api::SettingView& setting : views_of(config))
    rows.push_back({setting.key, setting.value, setting.source, setting.fallback,
                    in_language(context, setting.about)});
  print_table(context.terminal,
              {in_language(context, {"SETTING", "设置"}), in_language(context, {"VALUE", "取值"}),
               in_language(context, {"SOURCE", "来源"}), in_language(context, {"DEFAULT", "默认"}),
               in_language(context, {"WHAT IT IS", "说明"})},
              rows);
}

int print_one(const Context& context, const Config& config, const std::string& key) {
  const auto views = views_of(config);
  std::vector<std::string_view> keys;
  for (const api::SettingView& setting : views) {
    keys.push_back(setting.key);
    if (setting.key != key) continue;
    if (context.json)
      print_json(as_value(context, setting));
    else
      fmt::print("{}\n", setting.value);
    return kSucceeded;
  }
  const std::string near = nearest(key, keys);
  return complain(near.empty()
                      ? refuse({"there is no setting '{}'", "没有设置“{}”"}, key)
                      : refuse({"there is no setting '{}'; is it {}?", "没有设置“{}”；是不是 {}？"},
                               key, near));
}

}  // namespace

int config(const Context& context, const std::string& key) {
  auto home = find_home(context.home_option);
  if (!home.ok()) return complain(home.error());
  auto loaded = load_config(*home);
  if (!loaded.ok()) return complain(loaded.error());
  if (!key.empty()) return print_one(context, *loaded, key);
  if (!context.json) {
    print_settings(context, *loaded);
    return kSucceeded;
  }
  ValueList all;
  for (const api::SettingView& setting : views_of(*loaded))
    all.push_back(as_value(context, setting));
  print_json(all);
  return kSucceeded;
}

}  // namespace gantry::app
