#include "shim/mask.h"

#include <gtest/gtest.h>

#include <sstream>

namespace gantry::shim {

namespace {

std::string mask(const std::vector<std::string>& secrets, std::string_view text) {
  return mask_text(MaskForms(secrets), text);
}

// The result of feeding `text` in pieces that end at the given places.
std::string mask_in_pieces(const MaskForms& forms, std::string_view text,
                           const std::vector<std::size_t>& ends) {
  Masker masker(forms);
  std::string out;
  std::size_t from = 0;
  for (const std::size_t end : ends) {
    masker.feed(text.substr(from, end - from), out);
    from = end;
  }
  masker.feed(text.substr(from), out);
  masker.finish(out);
  return out;
}

}  // namespace

TEST(Mask, WithoutSecretsNothingChanges) { EXPECT_EQ(mask({}, "password"), "password"); }

TEST(Mask, ReplacesEveryOccurrence) {
  EXPECT_EQ(mask({"hunter2!"}, "a hunter2! b hunter2!hunter2!"), "a *** b ******");
  EXPECT_EQ(mask({"hunter2!"}, "hunter2"), "hunter2");  // not all of it
}

TEST(Mask, OverlappingFormsLeaveNothingOfEither) {
  EXPECT_EQ(mask({"abcdef", "defghi"}, "xabcdefghix"), "x***x");
  EXPECT_EQ(mask({"abcdef", "abcdefgh"}, "abcdefgh"), "***");
  EXPECT_EQ(mask({"abcdefgh", "cdefgh"}, "cdefgh abcdefgh"), "*** ***");
  EXPECT_EQ(mask({"aaaaaa"}, "aaaaaaaaa"), "***");
}

TEST(Mask, KnowsTheFormsOfASecret) {
  const std::string secret = "p\"ss wörd/+";
  const std::vector<std::string> forms = {
      "p\"ss wörd/+",              // raw
      "cCJzcyB3w7ZyZC8r",          // base64
      "p%22ss%20w%C3%B6rd%2F%2B",  // URL
      "p%22ss%20w%c3%b6rd%2f%2b",  // URL, lower case
      "p%22ss%20w%C3%B6rd/%2B",    // URL, slashes kept
      "p%22ss%20w%C3%B6rd/+",      // URL, all that is reserved kept
      "p%22ss+w%C3%B6rd%2F%2B",    // a form's field
      "p\\\"ss wörd/+",            // JSON
      "p\\\"ss w\\u00f6rd/+",      // JSON in ASCII
      "p\\\"ss w\\u00f6rd\\/+",    // JSON with escaped slash
  };
  for (const std::string& form : forms)
    EXPECT_EQ(mask({secret}, "<" + form + ">"), "<***>") << form;
}

TEST(Mask, FindsBase64AtAnyOffset) {
  const std::string secret = "correct horse battery";
  // base64 of "x" + secret, "xy" + secret, "xyz" + secret: only the mixed ends may stay.
  EXPECT_EQ(mask({secret}, "eGNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="), "eG***Q==");
  EXPECT_EQ(mask({secret}, "eHljb3JyZWN0IGhvcnNlIGJhdHRlcnk="), "eHl***k=");
  EXPECT_EQ(mask({secret}, "eHl6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5"), "eHl6***");
}

TEST(Mask, HidesEachLineOfASecretOfManyLines) {
  const std::string key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nshort\n-----END KEY-----";
  EXPECT_EQ(mask({key}, "got MIIEvQIBADANBg!"), "got ***!");
  EXPECT_EQ(mask({key}, key), "***");
  EXPECT_EQ(mask({key}, "short"), "short");  // too short to be told from a word
}

TEST(Mask, EverySplitGivesTheSame) {
  const MaskForms forms({"hunter2!secret", "second\nline-two", "aaaaab"});
  const std::string text =
      "x hunter2!secret y second\nline-two z hunter2!secre aaaaaaab aHVudGVyMiFzZWNyZXQ= secon\n!";
  const std::string whole = mask_in_pieces(forms, text, {});
  EXPECT_EQ(whole.find("hunter2!secret"), std::string::npos);
  EXPECT_EQ(whole, "x *** y *** z hunter2!secre aa*** ***Q= secon\n!");
  for (std::size_t a = 0; a <= text.size(); ++a)
    for (std::size_t b = a; b <= text.size(); ++b)
      ASSERT_EQ(mask_in_pieces(forms, text, {a, b}), whole) << a << " " << b;
}

TEST(Mask, ByteByByteNothingComesOutEarly) {
  const MaskForms forms(std::vector<std::string>{"0123456789"});
  Masker masker(forms);
  std::string out;
  for (const char c : std::string("ab012345678")) masker.feed({&c, 1}, out);
  EXPECT_EQ(out, "ab");
  masker.feed("9", out);
  EXPECT_EQ(out, "ab***");
  masker.feed("012", out);
  EXPECT_EQ(out, "ab***");
  masker.finish(out);
  EXPECT_EQ(out, "ab***012");
}

TEST(Mask, HoldsBackNoMoreThanTheLongestForm) {
  std::string secret(1000, 'a');
  secret += 'b';
  const MaskForms forms(std::vector<std::string>{secret});
  Masker masker(forms);
  std::string out;
  for (int i = 0; i < 100; ++i) masker.feed(std::string(1000, 'a'), out);
  EXPECT_GE(out.size(), 100'000u - 4 * 1001u);
  EXPECT_EQ(out.find("***"), std::string::npos);
}

}  // namespace gantry::shim
