// The documentation under /docs, as a browser meets it.
#include "api/access_fixture.h"
#include "api/problem.h"
#include "pages/library.h"

namespace gantry::api {
namespace {

class DocsTest : public ApiFixture {
 protected:
  Answer page(const std::string& target, const std::string& language = "en") {
    return ask({.target = target, .token = "", .headers = {{"accept-language", language}}});
  }
};

TEST_F(DocsTest, EveryPageIsThereWithoutAToken) {
  for (const auto& [key, one] : pages::built_in().all()) {
    const std::string lang = one.lang == Lang::Zh ? "zh" : "en";
    const std::string rest = one.name == pages::kIndex ? "" : "/" + one.name;
    const Answer answer = page("/docs/" + lang + rest);
    EXPECT_EQ(answer.status, 200) << one.file;
    EXPECT_EQ(answer.header("Content-Language"), lang) << one.file;
  }
}

TEST_F(DocsTest, WithoutALanguageItIsTheReaders) {
  EXPECT_EQ(page("/docs/lint/unknown-key", "zh-CN").header("Content-Language"), "zh");
  EXPECT_EQ(page("/docs/lint/unknown-key", "fr").header("Content-Language"), "en");
  EXPECT_EQ(page("/docs/errors", "zh").header("Content-Language"), "zh");
  EXPECT_EQ(page("/docs/errors").header("Vary"), "Accept-Language");
}

TEST_F(DocsTest, NoScriptRunsAndNothingIsLoadedFromElsewhere) {
  const Answer answer = page("/docs/en/errors");
  EXPECT_EQ(answer.header("Content-Security-Policy"),
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page("/docs/style.css").status, 200);
}

TEST_F(DocsTest, TagsSaveTheBody) {
  const Answer answer = page("/docs/en/errors");
  const std::string tag = answer.header("ETag");
  ASSERT_FALSE(tag.empty());
  EXPECT_EQ(
      ask({.target = "/docs/en/errors", .token = "", .headers = {{"if-none-match", tag}}}).status,
      304);
}

TEST_F(DocsTest, WhatIsNoPageIsNotThere) {
  for (const char* target : {"/docs/en/none", "/docs/fr/errors", "/docs/en/lint", "/docs/README.md",
                             "/docs/en/errors.md", "/docs/%2Fetc%2Fpasswd", "/docs/en%2Flint%2Fx",
                             "/docs/en/lint/unknown-key/x", "/docs/EN/errors"})
    EXPECT_NE(page(target).status, 200) << target;
  for (const char* target :
       {"/docs/../admin-token", "/docs/en/..%2f..%2fdata%2fadmin-token", "/docs//en", "/docs/en/."})
    EXPECT_EQ(page(target).status, ask({.target = "/../x", .token = ""}).status) << target;
}

TEST_F(DocsTest, TheTypeOfAProblemIsAPageAndAnAnchorOnIt) {
  const std::string errors = page("/docs/errors").body;
  const std::string chinese = page("/docs/errors", "zh").body;
  for (const std::string_view code : problem_codes()) {
    const std::string anchor = "<a id=\"" + std::string(code) + "\">";
    EXPECT_NE(errors.find(anchor), std::string::npos) << code;
    EXPECT_NE(chinese.find(anchor), std::string::npos) << code;
  }
  EXPECT_EQ(at(get("/api/v1/none").json(), "type"), "/docs/errors#not_found");
}

}  // namespace
}  // namespace gantry::api
