// The calendars that come with the program, in the format of calendar files, so that a copy of one
// is a start for an own. A new year: add its dates and the address of its paper.
#include "spec/calendars.h"

namespace gantry::spec {

namespace {
constexpr std::string_view kCnWorkdays = R"(# Sources / 来源:
#   http://www.gov.cn/zhengce/zhengceku/2022-12/08/content_5730844.htm
#   https://www.gov.cn/zhengce/zhengceku/202310/content_6911528.htm
#   https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm
#   https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm
description: >-
  中国法定工作日（含调休），按国务院办公厅的通知 /
  Working days in mainland China with make-up days, as the State Council announces them
years: [2023-2026]
holidays:
  2022-12-31..2023-01-02: 元旦
  2023-01-21..2023-01-27: 春节
  2023-04-05: 清明节
  2023-04-29..2023-05-03: 劳动节
  2023-06-22..2023-06-24: 端午节
  2023-09-29..2023-10-06: 中秋节、国庆节
  2024-01-01: 元旦
  2024-02-10..2024-02-17: 春节
  2024-04-04..2024-04-06: 清明节
  2024-05-01..2024-05-05: 劳动节
  2024-06-10: 端午节
  2024-09-15..2024-09-17: 中秋节
  2024-10-01..2024-10-07: 国庆节
  2025-01-01: 元旦
  2025-01-28..2025-02-04: 春节
  2025-04-04..2025-04-06: 清明节
  2025-05-01..2025-05-05: 劳动节
  2025-05-31..2025-06-02: 端午节
  2025-10-01..2025-10-08: 国庆节、中秋节
  2026-01-01..2026-01-03: 元旦
  2026-02-15..2026-02-23: 春节
  2026-04-04..2026-04-06: 清明节
  2026-05-01..2026-05-05: 劳动节
  2026-06-19..2026-06-21: 端午节
  2026-09-25..2026-09-27: 中秋节
  2026-10-01..2026-10-07: 国庆节
workdays:
  2023-01-28: 春节
  2023-01-29: 春节
  2023-04-23: 劳动节
  2023-05-06: 劳动节
  2023-06-25: 端午节
  2023-10-07: 中秋节、国庆节
  2023-10-08: 中秋节、国庆节
  2024-02-04: 春节
  2024-02-18: 春节
  2024-04-07: 清明节
  2024-04-28: 劳动节
  2024-05-11: 劳动节
  2024-09-14: 中秋节
  2024-09-29: 国庆节
  2024-10-12: 国庆节
  2025-01-26: 春节
  2025-02-08: 春节
  2025-04-27: 劳动节
  2025-09-28: 国庆节、中秋节
  2025-10-11: 国庆节、中秋节
  2026-01-04: 元旦
  2026-02-14: 春节
  2026-02-28: 春节
  2026-05-09: 劳动节
  2026-09-20: 国庆节
  2026-10-10: 国庆节
)";
}  // namespace

const std::vector<BuiltInCalendar>& built_in_calendars() {
  static const std::vector<BuiltInCalendar> all{{"cn-workdays", kCnWorkdays}};
  return all;
}

}  // namespace gantry::spec
