// What is said to people about the days of a calendar.
#pragma once

#include <string>

#include "base/explain.h"
#include "base/text.h"
#include "schedule/calendar.h"

namespace gantry::spec {

Text kind_of(schedule::DayKind kind);               // "holiday", "make-up day" ...
std::string weekday_in(Lang lang, CivilDate date);  // "Thu", "周四"
// "2026-10-01 is a holiday in cn-workdays (国庆节); the next working day is 2026-10-08". An Error
// only as the pair of sentences it is.
Error describe_day(const schedule::Calendar& calendar, CivilDate date);
Error year_is_missing(const std::string& calendar, int year);

}  // namespace gantry::spec
