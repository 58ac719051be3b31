#include "forms/encoding.h"

#include <iconv.h>

#include <array>
#include <cerrno>

#include "base/explain.h"

namespace gantry::forms {

namespace {
Error not_there() {
  return explain(Code::Unavailable,
                 {"the C library can not convert GB18030 (its gconv modules are missing); save the "
                  "file as UTF-8",
                  "C 库无法转换 GB18030（缺少 gconv 模块）；请把文件存为 UTF-8"});
}

// glibc's converter as a value.
class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {}
  ~Converter() {
    if (is_there()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // iconv_open's failure is the pointer -1.
  bool is_there() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

  Result<std::string> convert(std::string_view text, std::size_t* at_bytes) {
    std::string out;
    std::array<char, 16 * 1024> buffer;
    char* from = const_cast<char*>(text.data());  // iconv's signature; it does not write there
    std::size_t left = text.size();
    while (left > 0) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t result = ::iconv(handle_, &from, &left, &to, &room);
      out.append(buffer.data(), buffer.size() - room);
      if (result != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
      if (at_bytes != nullptr) *at_bytes = text.size() - left;
      return refuse({"the file is neither UTF-8 nor GB18030; save it as UTF-8",
                     "文件既不是 UTF-8 也不是 GB18030；请存为 UTF-8"});
    }
    return out;
  }

 private:
  iconv_t handle_;
};

Result<std::string> converted(std::string_view text, const char* to, const char* from,
                              std::size_t* at_bytes) {
  Converter converter(to, from);
  if (!converter.is_there()) return not_there();
  return converter.convert(text, at_bytes);
}
}  // namespace

Result<std::string> from_gb18030(std::string_view bytes, std::size_t* at_bytes) {
  TRY(std::string text, converted(bytes, "UTF-8", "GB18030", at_bytes));
  TRY(const std::string back, to_gb18030(text));
  if (back == bytes) return text;
  if (at_bytes != nullptr) *at_bytes = 0;
  return refuse(
      {"the file is not clean GB18030; save it as UTF-8", "文件不是规范的 GB18030；请存为 UTF-8"});
}

Result<std::string> to_gb18030(std::string_view utf8) {
  return converted(utf8, "GB18030", "UTF-8", nullptr);
}

}  // namespace gantry::forms
