// pack_pages OUT ROOT FILE...: packs the documentation into a C++ source, so that the program has
// that of its very version always with it. The bytes are one zstd frame of, for each file,
// "PATH\nSIZE\n" and its text; src/pages/library.cpp reads them. Runs while Gantry is built.
#include <zstd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

std::string frame_of(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), text.data(), text.size(), ZSTD_maxCLevel());
  if (ZSTD_isError(size) != 0) return {};
  out.resize(size);
  return out;
}

// Octal escapes of three digits end by themselves, whatever follows.
std::string literal_of(const std::string& bytes) {
  constexpr std::size_t kBytesPerLine = 24;
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\%03o", static_cast<unsigned char>(bytes[i]));
    if (i % kBytesPerLine == 0) out += i == 0 ? "\"" : "\"\n\"";
    out += digits;
  }
  return out + "\"";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::string text;
  for (int i = 3; i < argc; ++i) {
    std::ifstream file(std::string(argv[2]) + "/" + argv[i], std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file) {
      std::cerr << "cannot read " << argv[i] << "\n";
      return 1;
    }
    text += std::string(argv[i]) + "\n" + std::to_string(content.str().size()) + "\n";
    text += content.str();
  }
  const std::string frame = frame_of(text);
  std::ofstream out(argv[1], std::ios::binary);
  out << "// Made by cmake/pack_pages.cpp.\n#include \"pages/packed.h\"\n\n"
      << "namespace gantry::pages {\nconst Packed kPacked{std::string_view(" << literal_of(frame)
      << ", " << frame.size() << "), " << text.size() << "};\n}\n";
  out.close();
  return frame.empty() || !out ? 1 : 0;
}
