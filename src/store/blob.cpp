#include "store/blob.h"

#include <fmt/format.h>
#include <zstd.h>

namespace gantry::store {

namespace {
constexpr std::size_t kCompressFrom = 512;     // bytes; below it costs more than it saves
constexpr std::size_t kContentMax = 1u << 30;  // a damaged length must not take all memory
constexpr int kLevel = 3;

std::string with_codec(BlobCodec codec, std::string_view bytes) {
  std::string blob(1, static_cast<char>(codec));
  blob += bytes;
  return blob;
}

Error damaged(std::string_view why) {
  return error(Code::DataLoss, fmt::format("a stored blob is damaged: {}", why));
}

Result<std::string> decompress(std::string_view packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kContentMax)
    return damaged("its length is missing");
  std::string content(size, '\0');
  const std::size_t got =
      ZSTD_decompress(content.data(), content.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0) return damaged(ZSTD_getErrorName(got));
  if (got != size) return damaged("it is cut short");
  return content;
}
}  // namespace

std::string make_blob(std::string_view content) {
  if (content.size() < kCompressFrom) return with_codec(BlobCodec::Plain, content);
  std::string packed(1 + ZSTD_compressBound(content.size()), '\0');
  packed[0] = static_cast<char>(BlobCodec::Zstd);
  const std::size_t size =
      ZSTD_compress(packed.data() + 1, packed.size() - 1, content.data(), content.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= content.size())
    return with_codec(BlobCodec::Plain, content);
  packed.resize(1 + size);
  packed.shrink_to_fit();
  return packed;
}

Result<std::string> read_blob(std::string_view blob) {
  if (blob.empty()) return damaged("it is empty");
  const std::string_view content = blob.substr(1);
  switch (static_cast<BlobCodec>(blob.front())) {
    case BlobCodec::Plain: return std::string(content);
    case BlobCodec::Zstd: return decompress(content);
  }
  return damaged(fmt::format("codec {} is not known to this version", int{blob.front()}));
}

}  // namespace gantry::store
