// Telling the service manager how we are (sd_notify(3)): datagrams to the socket that NOTIFY_SOCKET
// names. Without that variable nothing is sent. Any thread.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace gantry::app {

// "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1", "STATUS=..."; several with line ends.
void notify_service(const std::string& text);

// How often WATCHDOG=1 is due: half of WATCHDOG_USEC; none if no watchdog looks at us.
std::optional<Duration> watchdog_period();

// What a reload has to say first: the manager compares the time (RELOADING=1, MONOTONIC_USEC).
std::string reloading_notice();

}  // namespace gantry::app
