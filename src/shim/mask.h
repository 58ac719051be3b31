// Masking: replaces every form of every secret in a stream by ***. Forms: as it is, each of its
// lines, base64 at the three offsets it may have in a longer text (standard and URL alphabet),
// percent-encoded, JSON-escaped. Bytes that could be the beginning of a form are held back until
// it is clear what they are, so a secret split over writes is found too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::shim {

inline constexpr std::size_t kFormBytesMin = 6;  // shorter forms would mask ordinary words

// The forms of the secrets, to be shared by the maskers of all streams. Immutable.
class MaskForms {
 public:
  explicit MaskForms(const std::vector<std::string>& secrets);
  bool empty() const { return forms_.empty(); }

  // How a form stands at the beginning of `text`.
  struct Found {
    std::size_t match = 0;  // length of the longest form that begins here
    bool open = false;      // with more text it could be a (longer) form
  };
  Found find(std::string_view text) const;

 private:
  void add(std::string form);
  void index();

  std::vector<std::string> forms_;  // sorted
  // forms_[begin_[b]] to forms_[begin_[b + 1]] begin with byte b.
  std::vector<std::uint32_t> begin_;
  std::vector<bool> pairs_;  // whether a form begins with these two bytes
};

class Masker {
 public:
  explicit Masker(const MaskForms& forms) : forms_(forms) {}

  // Appends to `out` what of the stream can be told to be harmless by now.
  void feed(std::string_view bytes, std::string& out);
  void finish(std::string& out);  // end of the stream: nothing can follow what is held back
  bool idle() const { return forms_.empty(); }

 private:
  void scan(bool at_end, std::string& out);

  const MaskForms& forms_;
  std::string held_;
  std::size_t masked_ = 0;  // so many bytes at the beginning of held_ belong to a form
};

std::string mask_text(const MaskForms& forms, std::string_view text);

}  // namespace gantry::shim
