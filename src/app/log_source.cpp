#include "app/log_source.h"

namespace gantry::app {

api::ReadLog log_source(std::string data_dir) { return api::read_log_files(std::move(data_dir)); }

}  // namespace gantry::app
