#include "backup/pack.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>

#include "backup/backup_limits.h"
#include "backup/damaged.h"

namespace gantry::backup {

namespace {
constexpr int kLevel = 3;

struct FreeUnpacker {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct Packer::Context {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> zstd{ZSTD_createCCtx()};
};

Packer::Packer() : context_(std::make_unique<Context>()) {
  CHECK(context_->zstd != nullptr);
  ZSTD_CCtx_setParameter(context_->zstd.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_->zstd.get(), ZSTD_c_checksumFlag, 1);
}
Packer::~Packer() = default;

void Packer::add(std::string_view bytes) { compress(bytes, ZSTD_e_continue); }
void Packer::end_frame() { compress({}, ZSTD_e_end); }

void Packer::compress(std::string_view bytes, int how) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    const std::size_t before = out_.size();
    out_.resize(before + ZSTD_CStreamOutSize());
    ZSTD_outBuffer out{out_.data() + before, out_.size() - before, 0};
    const std::size_t left =
        ZSTD_compressStream2(context_->zstd.get(), &out, &in, static_cast<ZSTD_EndDirective>(how));
    CHECK(ZSTD_isError(left) == 0);  // only for want of memory or by misuse
    out_.resize(before + out.pos);
    if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
  }
}

Status unpack_file(int fd, const std::function<Status(std::string_view)>& take) {
  const std::unique_ptr<ZSTD_DCtx, FreeUnpacker> context(ZSTD_createDCtx());
  CHECK(context != nullptr);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  std::string packed(kPartBytes, '\0');
  std::string plain(kPartBytes, '\0');
  std::size_t unfinished = 1;  // an empty file is no backup
  for (;;) {
    const ssize_t size = ::read(fd, packed.data(), packed.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno_error("cannot read the archive");
    if (size == 0)
      return unfinished == 0 ? ok() : Status(damaged(refuse({"it is cut short", "它不完整"})));
    ZSTD_inBuffer in{packed.data(), static_cast<std::size_t>(size), 0};
    ZSTD_outBuffer out{};
    do {
      out = {plain.data(), plain.size(), 0};
      unfinished = ZSTD_decompressStream(context.get(), &out, &in);
      if (ZSTD_isError(unfinished) != 0)
        return damaged(
            refuse({"{}", "解压失败（{}）"}, std::string_view(ZSTD_getErrorName(unfinished))));
      TRY_STATUS(take({plain.data(), out.pos}));
    } while (in.pos < in.size || out.pos == out.size);
  }
}

}  // namespace gantry::backup
