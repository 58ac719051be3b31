#include "model/backfill.h"

#include <algorithm>
#include <array>

namespace gantry::model {

namespace {
constexpr std::array<std::string_view, 4> kStates{"running", "paused", "finished", "cancelled"};
constexpr std::array<std::string_view, 7> kFates{"pending",   "running", "succeeded", "failed",
                                                 "cancelled", "skipped", "refused"};

template <typename Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}
}  // namespace

std::string_view name_of(BackfillState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

std::optional<BackfillState> backfill_state_of(std::string_view name) {
  return value_of<BackfillState>(kStates, name);
}

std::string_view name_of(DateFate fate) { return kFates.at(static_cast<std::size_t>(fate)); }

std::optional<DateFate> date_fate_of(std::string_view name) {
  return value_of<DateFate>(kFates, name);
}

bool is_final(DateFate fate) { return fate != DateFate::Pending && fate != DateFate::Running; }

}  // namespace gantry::model
