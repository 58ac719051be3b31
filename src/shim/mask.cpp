#include "shim/mask.h"

#include <algorithm>
#include <cstring>

namespace gantry::shim {

namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";
constexpr std::string_view kHexLower = "0123456789abcdef";

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63];
  }
  return out;  // without the last bits: they depend on what follows
}

// What is sure to stand in the base64 of any text that holds the secret `offset` bytes after a
// multiple of three.
std::string base64_at(std::string_view secret, std::size_t offset) {
  const std::string encoded = base64(std::string(offset, '\0').append(secret));
  constexpr std::size_t kMixedCharacters[] = {0, 2, 3};  // hold bits of what stands before
  return encoded.substr(std::min(encoded.size(), kMixedCharacters[offset]));
}

std::string url_alphabet(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

// What encoders leave as it is beside the unreserved: nothing (RFC 3986), slashes (Python's quote),
// what encodeURIComponent and encodeURI keep in JavaScript.
constexpr std::string_view kKept[] = {"", "/", "!*'()", "!*'();,/?:@&=+$#"};

std::string percent(std::string_view secret, std::string_view hex, std::string_view kept,
                    bool plus_for_space) {
  std::string out;
  for (const char c : secret) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos)
      out += c;
    else if (c == ' ' && plus_for_space)
      out += '+';
    else
      (((out += '%') += hex[byte >> 4]) += hex[byte & 15]);
  }
  return out;
}

void append_unit(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexLower[unit >> shift & 15];
}

// Size of the UTF-8 sequence at the beginning of `text` and its code point; 0 if there is none.
std::size_t code_point(std::string_view text, std::uint32_t& value) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
  if (size == 0 || size > text.size()) return 0;
  value = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i)
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return size;
}

void append_escaped_point(std::string& out, std::uint32_t value) {
  if (value < 0x10000) return append_unit(out, value);
  append_unit(out, 0xD800 + ((value - 0x10000) >> 10));
  append_unit(out, 0xDC00 + ((value - 0x10000) & 0x3FF));
}

struct JsonStyle {
  bool ascii = false;  // other characters as \uXXXX
  bool slash = false;  // "\/"
};

std::string json(std::string_view secret, JsonStyle style) {
  std::string out;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const char c = secret[i];
    const auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view kSpecial = "\"\\\n\r\t\b\f";
    constexpr std::string_view kLetters = "\"\\nrtbf";
    std::uint32_t value = 0;
    if (const auto at = kSpecial.find(c); at != std::string_view::npos) {
      (out += '\\') += kLetters[at];
    } else if (c == '/' && style.slash) {
      out += "\\/";
    } else if (byte < 0x20) {
      append_unit(out, byte);
    } else if (const std::size_t size = style.ascii ? code_point(secret.substr(i), value) : 0;
               size > 0) {
      append_escaped_point(out, value);
      i += size - 1;
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

std::size_t pair_of(std::string_view text) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8 |
         static_cast<unsigned char>(text[1]);
}

}  // namespace

MaskForms::MaskForms(const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    add(secret);
    for (std::string& line : lines_of(secret)) add(std::move(line));
    for (std::size_t offset = 0; offset < 3; ++offset) {
      std::string encoded = base64_at(secret, offset);
      add(url_alphabet(encoded));
      add(std::move(encoded));
    }
    for (const std::string_view hex : {kHexUpper, kHexLower})
      for (const std::string_view kept : kKept)
        for (const bool plus : {false, true}) add(percent(secret, hex, kept, plus));
    for (const bool ascii : {false, true})
      for (const bool slash : {false, true}) add(json(secret, {ascii, slash}));
  }
  index();
}

void MaskForms::add(std::string form) {
  if (form.size() >= kFormBytesMin) forms_.push_back(std::move(form));
}

void MaskForms::index() {
  if (forms_.empty()) return;
  std::sort(forms_.begin(), forms_.end());
  forms_.erase(std::unique(forms_.begin(), forms_.end()), forms_.end());
  begin_.assign(257, 0);
  pairs_.assign(1u << 16, false);
  for (const std::string& form : forms_) {
    ++begin_[static_cast<unsigned char>(form[0]) + 1u];
    pairs_[pair_of(form)] = true;
  }
  for (std::size_t b = 1; b < begin_.size(); ++b) begin_[b] += begin_[b - 1];
}

MaskForms::Found MaskForms::find(std::string_view text) const {
  Found found;
  if (text.size() >= 2 && !pairs_[pair_of(text)]) return found;
  const auto first = static_cast<unsigned char>(text[0]);
  for (std::uint32_t i = begin_[first]; i < begin_[first + 1u]; ++i) {
    const std::string& form = forms_[i];
    const std::size_t common = std::min(form.size(), text.size());
    if (std::memcmp(form.data(), text.data(), common) != 0) continue;
    if (common == form.size())
      found.match = std::max(found.match, common);
    else
      found.open = true;
  }
  return found;
}

void Masker::feed(std::string_view bytes, std::string& out) {
  if (forms_.empty()) {
    out.append(bytes);
    return;
  }
  held_.append(bytes);
  scan(false, out);
}

void Masker::finish(std::string& out) {
  if (!held_.empty()) scan(true, out);
}

// Forms may overlap: all bytes of all of them are masked, one mask for what hangs together. So a
// form is looked for at every byte, also inside of another.
void Masker::scan(bool at_end, std::string& out) {
  const std::string_view text = held_;
  std::size_t at = 0;
  std::size_t copied = 0;  // up to here everything is in `out`
  std::size_t masked_to = masked_;
  for (; at < text.size(); ++at) {
    const MaskForms::Found found = forms_.find(text.substr(at));
    if (found.open && !at_end) break;
    if (found.match == 0) continue;
    if (at >= masked_to) {
      const std::size_t plain_from = std::max(copied, masked_to);
      out.append(text.substr(plain_from, at - plain_from)).append(kMask);
      copied = at;
    }
    masked_to = std::max(masked_to, at + found.match);
  }
  const std::size_t plain_from = std::max(copied, masked_to);
  if (at > plain_from) out.append(text.substr(plain_from, at - plain_from));
  masked_ = masked_to > at ? masked_to - at : 0;
  held_.erase(0, at);
}

std::string mask_text(const MaskForms& forms, std::string_view text) {
  std::string out;
  Masker masker(forms);
  masker.feed(text, out);
  masker.finish(out);
  return out;
}

}  // namespace gantry::shim
