#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace gantry {

namespace {
Code code_of_errno(int number) {
  switch (number) {
    case ENOENT: return Code::NotFound;
    case EEXIST: return Code::AlreadyExists;
    case EACCES:
    case EPERM: return Code::PermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return Code::ResourceExhausted;
    case EAGAIN:
    case ECONNREFUSED: return Code::Unavailable;
    case EIO: return Code::DataLoss;
    default: return Code::Internal;
  }
}
}  // namespace

Error errno_error(std::string what) {
  const int number = errno;
  return {code_of_errno(number), std::move(what) + ": " + std::strerror(number)};
}

const char* code_name(Code code) {
  switch (code) {
    case Code::InvalidArgument: return "invalid_argument";
    case Code::NotFound: return "not_found";
    case Code::AlreadyExists: return "already_exists";
    case Code::FailedPrecondition: return "failed_precondition";
    case Code::Aborted: return "aborted";
    case Code::PermissionDenied: return "permission_denied";
    case Code::Unauthenticated: return "unauthenticated";
    case Code::ResourceExhausted: return "resource_exhausted";
    case Code::OutOfRange: return "out_of_range";
    case Code::Unavailable: return "unavailable";
    case Code::DeadlineExceeded: return "deadline_exceeded";
    case Code::DataLoss: return "data_loss";
    case Code::Unimplemented: return "unimplemented";
    case Code::Internal: return "internal";
  }
  return "internal";
}

}  // namespace gantry
