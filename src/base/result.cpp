#include "base/result.h"

#include <cerrno>
#include <cstring>
#include <string_view>

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

struct Words {
  std::string_view en, zh;
};

// What system calls could not do; errno_error() is told in these words, the longer ones first.
constexpr Words kDeeds[] = {
    {"there is no store: cannot find ", "没有数据库：找不到 "},
    {"cannot put the new home in the place of ", "无法用新的主目录替换 "},
    {"cannot look at the file system of ", "无法查看所在的文件系统："},
    {"cannot take back a write to ", "无法撤回对其的写入："},
    {"cannot create directory ", "无法创建目录 "},
    {"cannot set the mode of ", "无法设置权限："},
    {"cannot make ", "无法创建 "},
    {"cannot open ", "无法打开 "},
    {"cannot read ", "无法读取 "},
    {"cannot write", "无法写入"},
    {"cannot sync ", "无法同步到磁盘："},
    {"cannot look at ", "无法查看 "},
    {"cannot stat ", "无法查看 "},
    {"cannot list ", "无法列出 "},
    {"cannot find ", "找不到 "},
    {"cannot rename ", "无法重命名 "},
    {"cannot remove ", "无法删除 "},
    {"cannot move ", "无法移动 "},
    {"cannot lock ", "无法锁定 "},
    {"cannot watch ", "无法监视 "},
    {"cannot listen at ", "无法监听 "},
    {"cannot copy ", "无法复制 "},
    {"cannot send ", "无法发送 "},
    {"cannot size ", "无法调整大小："},
    {"cannot map ", "无法映射 "},
    {"cannot become ", "无法切换为用户 "},
};

std::string deed_in_chinese(const std::string& what) {
  for (const Words& deed : kDeeds)
    if (what.starts_with(deed.en)) return std::string(deed.zh) + what.substr(deed.en.size());
  return "操作失败：" + what;
}

std::string_view errno_in_chinese(int number) {
  switch (number) {
    case ENOENT: return "没有那个文件或目录";
    case EEXIST: return "文件已存在";
    case EACCES: return "权限不够";
    case EPERM: return "不允许的操作";
    case ENOSPC: return "磁盘空间不足";
    case EDQUOT: return "超出磁盘配额";
    case EMFILE:
    case ENFILE: return "打开的文件过多";
    case ENOMEM: return "内存不足";
    case EAGAIN: return "资源暂时不可用";
    case ECONNREFUSED: return "连接被拒绝";
    case EIO: return "输入/输出错误";
    case EISDIR: return "是一个目录";
    case ENOTDIR: return "不是目录";
    case ENOTEMPTY: return "目录非空";
    case EROFS: return "只读的文件系统";
    case ELOOP: return "符号链接过多";
    case ENAMETOOLONG: return "文件名过长";
    case EXDEV: return "不在同一文件系统上";
    case EADDRINUSE: return "地址已被占用";
    default: return "系统错误";
  }
}
}  // namespace

Error errno_error(std::string what) {
  const int number = errno;
  const std::string reason = std::strerror(number);
  std::string zh = deed_in_chinese(what);
  zh += "：";
  zh += errno_in_chinese(number);
  zh += "（" + reason + "）";
  return {code_of_errno(number), std::move(what) + ": " + reason, std::move(zh)};
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
