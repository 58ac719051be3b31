// Result<T>: what the outside world can make fail. Either a value or an Error {code, message};
// the message is for an operator: what failed, on what, what to do next.
//
//   Result<Config> load(const Path& path) {
//     TRY(auto text, read_file(path));
//     return parse(text);
//   }
//
// Codes are the canonical ones of google.rpc.Code; HTTP statuses and exit codes map from them
// in one table each (src/api/problem.cpp, src/app/exit_code.h).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace gantry {

enum class Code {
  InvalidArgument,
  NotFound,
  AlreadyExists,
  FailedPrecondition,
  Aborted,
  PermissionDenied,
  Unauthenticated,
  ResourceExhausted,
  OutOfRange,
  Unavailable,
  DeadlineExceeded,
  DataLoss,
  Unimplemented,
  Internal,
};

struct Error {
  Code code = Code::Internal;
  std::string message;
  std::string zh = {};     // the message in Chinese; empty = it is not there (see base/explain.h)
  std::string topic = {};  // what explains it: `gantry help TOPIC`; empty = that of the code
  bool operator==(const Error&) const = default;
};

inline Error error(Code code, std::string message) { return Error{code, std::move(message)}; }
// `error` with the page that explains it, an anchor of docs/*/errors.md.
inline Error about(std::string topic, Error error) {
  error.topic = std::move(topic);
  return error;
}
inline Error invalid(std::string message) { return {Code::InvalidArgument, std::move(message)}; }

// "cannot open /a/b: Permission denied"; reads errno, so call it first.
Error errno_error(std::string what);
const char* code_name(Code code);  // "invalid_argument", ...

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    CHECK(!ok());
    return std::get<1>(state_);
  }
  T value_or(T other) && { return ok() ? std::get<0>(std::move(state_)) : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  void value() const { CHECK(ok()); }
  const Error& error() const {
    CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;
inline Status ok() { return {}; }

}  // namespace gantry

#define GANTRY_CONCAT2(a, b) a##b
#define GANTRY_CONCAT(a, b) GANTRY_CONCAT2(a, b)
#define GANTRY_TRY2(temporary, target, expression) \
  auto temporary = (expression);                   \
  if (!temporary.ok()) return temporary.error();   \
  target = std::move(temporary).value()
// TRY(auto x, f()): x is f's value, or the caller returns f's error.
#define TRY(target, ...) GANTRY_TRY2(GANTRY_CONCAT(try_, __LINE__), target, (__VA_ARGS__))
// TRY_STATUS(f()): the caller returns f's error if there is one.
#define TRY_STATUS(...)                                                               \
  do {                                                                                \
    if (auto try_status = (__VA_ARGS__); !try_status.ok()) return try_status.error(); \
  } while (false)
