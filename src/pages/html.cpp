#include "pages/html.h"

#include <cmark-gfm.h>
#include <fmt/format.h>

#include "pages/links.h"
#include "pages/markdown.h"

namespace gantry::pages {

const std::string_view kStyleSheet =
    R"(:root{color-scheme:light dark;--ink:#1c2430;--paper:#fff;--dim:#5a6577;--line:#d5dae2;
  --box:#f4f6f9;--link:#1d5fd1}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--paper:#12161d;--dim:#98a2b3;
  --line:#303846;--box:#1b212b;--link:#8ab4ff}}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:var(--ink);
  background:var(--paper);max-width:50rem;margin:0 auto;padding:0 1rem 4rem}
header{display:flex;gap:1rem;flex-wrap:wrap;padding:.8rem 0;border-bottom:1px solid var(--line);
  color:var(--dim)}
header span{margin-left:auto}
a{color:var(--link)}
h1,h2,h3{line-height:1.25;margin:1.6em 0 .5em}
h2{border-bottom:1px solid var(--line);padding-bottom:.2em}
:target{background:var(--box)}
pre,code{font:14px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;background:var(--box)}
code{padding:.1em .25em;border-radius:.2em}
pre{padding:.7rem .9rem;overflow-x:auto;border-radius:.3rem}
pre code{padding:0}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid var(--line);padding:.3em .6em;text-align:left;vertical-align:top}
blockquote{margin:0;padding-left:1rem;border-left:3px solid var(--line);color:var(--dim)}
)";

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

namespace {

// In front of a heading's text: what links lead to.
void add_anchor(cmark_node* heading) {
  if (has_own_anchor(heading)) return;
  const std::string html = fmt::format("<a id=\"{}\"></a>", escape_html(anchor_of(heading)));
  cmark_node* anchor = cmark_node_new(CMARK_NODE_HTML_INLINE);
  cmark_node_set_literal(anchor, html.c_str());
  if (cmark_node_prepend_child(heading, anchor) == 0) cmark_node_free(anchor);
}

// What the node has inside takes its place.
void unwrap(cmark_node* node) {
  while (cmark_node* child = cmark_node_first_child(node)) cmark_node_insert_before(node, child);
  cmark_node_free(node);
}

void point(const Library& library, const Page& page, cmark_node* link) {
  const std::string url = url_of(link);
  if (is_elsewhere(url) && cmark_node_get_type(link) == CMARK_NODE_LINK) return;
  const auto place = follow(library, page, url);
  if (!place || cmark_node_get_type(link) == CMARK_NODE_IMAGE) return unwrap(link);
  cmark_node_set_url(link, address_of(*place->page, place->anchor).c_str());
}

void collect(cmark_node* node, cmark_node_type type, std::vector<cmark_node*>& out) {
  for (cmark_node* at = cmark_node_first_child(node); at != nullptr; at = cmark_node_next(at)) {
    collect(at, type, out);
    if (cmark_node_get_type(at) == type) out.push_back(at);
  }
}

std::string title_of(cmark_node* root, std::string_view otherwise) {
  for (cmark_node* at = cmark_node_first_child(root); at != nullptr; at = cmark_node_next(at))
    if (cmark_node_get_type(at) == CMARK_NODE_HEADING) return plain_text(at);
  return std::string(otherwise);
}

std::string title_of(const Page& page) { return title_of(parse(page.text).get(), page.name); }

// A link to each page, the pages of a folder together.
std::string list_of_pages(const Library& library, Lang lang) {
  std::string out, folder = "-";
  for (const auto& [key, page] : library.all()) {
    if (page.lang != lang && library.has(lang, page.name)) continue;
    const std::size_t slash = page.name.rfind('/');
    const std::string its = slash == std::string::npos ? "" : page.name.substr(0, slash);
    if (its != folder)
      out += fmt::format("{}<h2>{}</h2>\n<ul>\n", folder == "-" ? "" : "</ul>\n",
                         its.empty() ? Text{"All pages", "全部页面"}.in(lang) : its);
    folder = its;
    out += fmt::format("<li><a href=\"{}\">{}</a></li>\n", address_of(page),
                       escape_html(title_of(page)));
  }
  return out + "</ul>\n";
}

// The same page in the other language, where there is one.
std::string language_switch(const Library& library, const Page& page) {
  const Lang other = page.lang == Lang::Zh ? Lang::En : Lang::Zh;
  if (!library.has(other, page.name)) return {};
  return fmt::format("<a href=\"{}\" hreflang=\"{}\">{}</a>",
                     address_of(*library.find(other, page.name)),
                     other == Lang::Zh ? "zh-CN" : "en", other == Lang::Zh ? "中文" : "English");
}

std::string body_of(const Library& library, const Page& page, cmark_node* root) {
  std::vector<cmark_node*> headings, links, images;
  collect(root, CMARK_NODE_HEADING, headings);
  collect(root, CMARK_NODE_LINK, links);
  collect(root, CMARK_NODE_IMAGE, images);
  for (cmark_node* heading : headings) add_anchor(heading);
  for (cmark_node* image : images) point(library, page, image);
  for (cmark_node* link : links) point(library, page, link);
  return html_of(root) + (page.name == kIndex ? list_of_pages(library, page.lang) : "");
}

}  // namespace

std::string html_page(const Library& library, const Page& page, std::string_view version) {
  const Tree root = parse(page.text);
  const std::string title = title_of(root.get(), page.name);
  const bool zh = page.lang == Lang::Zh;
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{} - Gantry"
      "</title><link rel=\"stylesheet\" href=\"{}\"></head>\n<body><header>"
      "<a href=\"/docs/{}\">{}</a>{}<span>Gantry "
      "{}</span></header>\n<main>\n{}</main></body></html>\n",
      zh ? "zh-CN" : "en", escape_html(title), kStyleAddress, zh ? "zh" : "en",
      Text{"Documentation", "文档"}.in(page.lang), language_switch(library, page),
      escape_html(version), body_of(library, page, root.get()));
}

}  // namespace gantry::pages
