// Exit codes of the program: one table, shown by `gantry help exit-codes`.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace gantry::app {

inline constexpr int kSucceeded = 0;
inline constexpr int kFailed = 1;   // a run failed, or an operation did
inline constexpr int kInvalid = 2;  // input: options, files with lint errors, unknown names
inline constexpr int kCancelled = 3;
inline constexpr int kUnreachable = 6;  // no server, or it can not answer now

struct ExitCode {
  int value;
  Text about;
};
inline constexpr ExitCode kExitCodes[] = {
    {kSucceeded, {"succeeded", "成功"}},
    {kFailed, {"the run or the operation failed", "运行或操作失败"}},
    {kInvalid,
     {"invalid input: options, a file with errors, an unknown name",
      "输入无效：选项、有错误的文件、未知的名称"}},
    {kCancelled, {"the run was cancelled", "运行已取消"}},
    {kUnreachable,
     {"the server can not be reached, or can not answer now",
      "无法连接服务器，或服务器暂时无法应答"}},
};

inline int exit_code_of(Code code) {
  switch (code) {
    case Code::InvalidArgument:
    case Code::NotFound:
    case Code::AlreadyExists:
    case Code::OutOfRange: return kInvalid;
    case Code::Unavailable:
    case Code::DeadlineExceeded: return kUnreachable;
    default: return kFailed;
  }
}

// Of a run by the name of its state; while it is open, kFailed.
inline int exit_code_of_run(std::string_view state) {
  if (state == "succeeded") return kSucceeded;
  return state == "cancelled" ? kCancelled : kFailed;
}

}  // namespace gantry::app
