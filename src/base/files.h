// Whole-file operations with errors that name the path. No exceptions, O_CLOEXEC throughout.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace gantry {

Result<Fd> open_file(const std::string& path, int flags, mode_t mode = 0600);  // adds O_CLOEXEC
Result<std::string> read_file(const std::string& path, std::size_t size_bytes_max = 64u << 20);
Status write_all(int fd, std::string_view bytes);
// Writes a temporary file, fsyncs it, renames it over `path` and fsyncs the directory.
Status write_file_durably(const std::string& path, std::string_view bytes, mode_t mode = 0600);
Status sync_directory(const std::string& path);
Status make_directories(const std::string& path, mode_t mode = 0700);  // like mkdir -p
Status remove_tree(const std::string& path);                           // absent is fine
bool exists(const std::string& path);
// Names of the entries, sorted, without . and ..
Result<std::vector<std::string>> list_directory(const std::string& path);
std::string join_path(std::string_view a, std::string_view b);
std::string parent_path(std::string_view path);
std::string base_name(std::string_view path);
// True if `path` stays below its root when resolved by text: relative, no "..", no empty part.
bool is_inside_path(std::string_view path);

}  // namespace gantry
