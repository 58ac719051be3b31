// Exit codes of the program: one table, documented in `gantry help exit-codes`.
#pragma once

#include <string_view>

#include "base/result.h"

namespace gantry::app {

inline constexpr int kSucceeded = 0;
inline constexpr int kFailed = 1;   // a run failed, or an operation did
inline constexpr int kInvalid = 2;  // input: options, files with lint errors, unknown names
inline constexpr int kCancelled = 3;
inline constexpr int kUnreachable = 6;  // no server, or it can not answer now

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
