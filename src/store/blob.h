// Blob: every stored params, outputs, event, text or pack. The first byte names its codec, so that
// another compression or encryption can be added without touching what is stored.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace gantry::store {

enum class BlobCodec : std::uint8_t { Plain = 1, Zstd = 2 };

// Compressed if that is worth it.
std::string make_blob(std::string_view content);
// DataLoss if it is not what make_blob made.
Result<std::string> read_blob(std::string_view blob);

}  // namespace gantry::store
