// What the program looks at beside its command line and its settings: variables and files.
#pragma once

#include <string_view>

#include "base/text.h"

namespace gantry::reference {

struct Surrounding {
  std::string_view name;
  Text about;
};

inline constexpr Surrounding kVariables[] = {
    {"GANTRY_HOME", {"the home directory; --home wins over it", "主目录；--home 优先于它"}},
    {"GANTRY_URL",
     {"the server that commands talk to; without it the one that runs for the home directory",
      "命令所连接的服务器；未设置时为主目录对应的正在运行的服务器"}},
    {"GANTRY_TOKEN",
     {"the access token of commands; without it that of the home directory",
      "命令使用的访问令牌；未设置时使用主目录中的令牌"}},
    {"GANTRY_LANG",
     {"the language of messages, en or zh; then LC_ALL, LC_MESSAGES and LANG decide",
      "消息的语言，en 或 zh；未设置时依次看 LC_ALL、LC_MESSAGES、LANG"}},
    {"NO_COLOR", {"if not empty: no colours", "非空时不使用颜色"}},
    {"XDG_CONFIG_HOME",
     {"where the home directory lies, in the folder gantry, if nothing else says so",
      "未另行指定时，主目录为其中的 gantry 文件夹"}},
    {"XDG_STATE_HOME",
     {"where gantry wrap keeps records that wait, if the home directory is not its own",
      "无权写入主目录时，gantry wrap 在此保存等待提交的记录"}},
};

inline constexpr Surrounding kFiles[] = {
    {"HOME/gantry.yaml", {"settings; may be absent", "设置；可以没有"}},
    {"HOME/workflows/", {"the workflow files", "工作流文件"}},
    {"HOME/secrets/",
     {"one file per secret, readable by nobody else (0600)",
      "每个机密一个文件，仅本人可读（0600）"}},
    {"HOME/data/",
     {"what the server writes: its store, logs, workspaces",
      "服务器写入的内容：存储、日志、工作目录"}},
    {"~/.config/gantry", {"HOME, if nothing else says so", "HOME 的默认位置"}},
    {"/etc/gantry, /var/lib/gantry",
     {"HOME and its data of a system service", "系统服务的 HOME 及其 data"}},
};

}  // namespace gantry::reference
