// Hashes and random secrets, by libsodium.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace gantry {

std::string sha256_hex(std::string_view bytes);
// The same of content that comes in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  std::string hex();  // of all that was added; from then on it is as new

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string random_hex(std::size_t byte_count);  // from the kernel's generator
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace gantry
