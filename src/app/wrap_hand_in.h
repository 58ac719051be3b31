// Handing in the records of wrapped commands that wait in the spool of a user.
#pragma once

#include <string>

#include "app/client.h"
#include "app/wrap_spool.h"

namespace gantry::app {

// Over the API: the log, then the record; both may be repeated. The number of records that the
// server has now. Stops at the first that it does not take; records that are refused for good are
// left and told.
Result<int> hand_in(const std::string& spool, Client& client);

// Into the spool of the server's home.
Result<int> hand_over(const std::string& spool, const std::string& home_spool);

}  // namespace gantry::app
