// The documentation. Open to whoever reaches the port: it holds what the package holds, nothing of
// this server, and the page that explains a 401 has to be read without a token.
#include "api/routes.h"

namespace gantry::api {

namespace {
Route page_route(std::string_view path, Text summary, RouteHandler handler) {
  return {.method = "GET",
          .path = path,
          .policy = Policy::Open,
          .summary = summary,
          .answer_is_html = true,
          .has_tag = true,
          .handler = handler};
}
}  // namespace

void add_docs_routes(std::vector<Route>& out) {
  out.push_back(page_route("/docs", {"The documentation in the reader's language", "文档首页"},
                           answer<get_docs_index>));
  Route style = page_route("/docs/style.css", {"The look of the documentation", "文档的样式表"},
                           answer<get_docs_style>);
  style.answer_is_html = false;
  style.answer_is_file = "text/css";
  out.push_back(std::move(style));
  out.push_back(page_route("/docs/{page}",
                           {"A page in the reader's language; `en` and `zh` are the index",
                            "文档页面（按读者语言）；`en` 与 `zh` 为首页"},
                           answer<get_docs_page>));
  out.push_back(page_route("/docs/{folder}/{page}",
                           {"A page of a folder, or of a language: /docs/en/tutorial",
                            "某文件夹或某语言的页面，如 /docs/zh/tutorial"},
                           answer<get_docs_part>));
  out.push_back(page_route("/docs/{language}/{folder}/{page}",
                           {"A page of a folder in this language", "指定语言的某文件夹页面"},
                           answer<get_docs_in_language>));
}

}  // namespace gantry::api
