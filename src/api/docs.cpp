// The documentation under /docs: what is built into the program, as pages for a browser. No file is
// read, whatever the path says: a page is looked up by its name or is not there.
#include "api/handlers.h"
#include "base/explain.h"
#include "pages/html.h"

namespace gantry::api {

namespace {

std::optional<Lang> language_of(std::string_view part) {
  if (part == "en") return Lang::En;
  if (part == "zh") return Lang::Zh;
  return std::nullopt;
}

net::Response document(std::string type, std::string body) {
  net::Response response;
  response.content_type = std::move(type);
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                "form-action 'none'; frame-ancestors 'none'");
  response.body = std::move(body);
  return response;
}

// The language is the one that the path names, else the reader's.
Result<net::Response> page(const Backend& backend, Lang lang, const std::string& name) {
  const pages::Library& library = pages::built_in();
  const pages::Page* found = library.find(lang, name);
  if (found == nullptr)
    return explain(
        Code::NotFound,
        {"there is no page '{}'; /docs lists them all", "没有页面“{}”；全部页面见 /docs"}, name);
  net::Response response = document("text/html; charset=utf-8",
                                    pages::html_page(library, *found, backend.services.version));
  response.headers.emplace_back("Content-Language", found->lang == Lang::Zh ? "zh" : "en");
  response.headers.emplace_back("Vary", "Accept-Language");
  return response;
}

}  // namespace

Result<net::Response> get_docs_style(Backend&, const Call&) {
  return document("text/css; charset=utf-8", std::string(pages::kStyleSheet));
}

Result<net::Response> get_docs_index(Backend& backend, const Call& call) {
  return page(backend, call.lang, std::string(pages::kIndex));
}

// /docs/en and /docs/tutorial
Result<net::Response> get_docs_page(Backend& backend, const Call& call) {
  if (const auto lang = language_of(call.path[0]))
    return page(backend, *lang, std::string(pages::kIndex));
  return page(backend, call.lang, call.path[0]);
}

// /docs/en/tutorial and /docs/lint/unknown-key
Result<net::Response> get_docs_part(Backend& backend, const Call& call) {
  if (const auto lang = language_of(call.path[0])) return page(backend, *lang, call.path[1]);
  return page(backend, call.lang, call.path[0] + "/" + call.path[1]);
}

// /docs/en/lint/unknown-key
Result<net::Response> get_docs_in_language(Backend& backend, const Call& call) {
  const auto lang = language_of(call.path[0]);
  const std::string name = call.path[1] + "/" + call.path[2];
  return page(backend, lang.value_or(call.lang), lang ? name : call.path[0] + "/" + name);
}

}  // namespace gantry::api
