#include <fmt/format.h>

#include "app/settings.h"
#include "reference/markdown.h"
#include "reference/pages.h"

namespace gantry::reference {

namespace {

std::string default_of(const app::Setting& row, Lang lang) {
  if (!row.usual.en.empty()) return std::string(row.usual.in(lang));
  const std::string value = row.show(app::default_config());
  return value.empty() ? std::string(Text{"none", "无"}.in(lang)) : code(value);
}

void add_setting(Markdown& page, const app::Setting& row) {
  const Lang lang = page.lang();
  page.heading(3, both(code(row.key)));
  page.sentence(row.about);
  page.fact({"Form", "写法"}, code(row.form));
  page.fact({"Default", "默认值"}, default_of(row, lang));
  page.fact({"Variable", "环境变量"}, code(variable_of(row)));
  page.fact({"Flag", "选项"}, code(flag_of(row)));
}

}  // namespace

std::string settings_page(Lang lang) {
  Markdown page(lang);
  page.heading(1, {"Settings", "设置"});
  page.paragraph(
      {"Each setting is a key of `gantry.yaml` in the home directory, an environment variable, and "
       "a flag of `gantry up` and `gantry serve`. A flag wins over a variable, a variable over the "
       "file. A dot in a key is a level in the file: `retention.runs` is `runs` below `retention`. "
       "`gantry config` lists all with their values and where each comes from.",
       "每项设置是主目录中 `gantry.yaml` 的一个键、一个环境变量，也是 `gantry up` 和 `gantry "
       "serve` "
       "的一个选项。选项优先于变量，变量优先于文件。键中的点表示文件里的一层：`retention.runs` 即 "
       "`retention` 之下的 `runs`。`gantry config` 列出全部设置、取值及其来源。"});
  page.heading(2, {"All settings", "全部设置"});
  for (const app::Setting& row : app::settings()) add_setting(page, row);
  return page.take();
}

}  // namespace gantry::reference
