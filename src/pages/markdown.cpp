#include "pages/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include "base/check.h"
#include "base/utf8.h"

namespace gantry::pages {

namespace {

// The documents are our own; a browser gets them with a policy that runs no script whatsoever.
constexpr int kOptions = CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8;

cmark_syntax_extension* tables() {
  static cmark_syntax_extension* const extension = [] {
    cmark_gfm_core_extensions_ensure_registered();
    return cmark_find_syntax_extension("table");
  }();
  return extension;
}

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

bool is_letter(char32_t c) {
  return c >= 0x80 ? (c < 0x3000 || c > 0x303f) && (c < 0xff00 || c > 0xff20)
                   : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string slug_of(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    char32_t c = point.value;
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (c == ' ') c = '-';
    if (point.size > 0 && is_letter(c)) append_utf8(out, c);
    at += static_cast<std::size_t>(std::max(point.size, 1));
  }
  return out;
}

// "<a id="x">" gives "x".
std::string id_in(std::string_view html) {
  constexpr std::string_view kBegin = "<a id=\"";
  if (!html.starts_with(kBegin)) return {};
  html.remove_prefix(kBegin.size());
  return std::string(html.substr(0, html.find('"')));
}

std::string own_anchor(cmark_node* heading) {
  for (cmark_node* at = cmark_node_first_child(heading); at != nullptr; at = cmark_node_next(at))
    if (cmark_node_get_type(at) == CMARK_NODE_HTML_INLINE)
      if (std::string id = id_in(literal_of(at)); !id.empty()) return id;
  return {};
}

}  // namespace

void FreeTree::operator()(cmark_node* root) const { cmark_node_free(root); }

Tree parse(std::string_view markdown) {
  cmark_syntax_extension* const extension = tables();
  CHECK(extension != nullptr);
  cmark_parser* parser = cmark_parser_new(kOptions);
  cmark_parser_attach_syntax_extension(parser, extension);
  cmark_parser_feed(parser, markdown.data(), markdown.size());
  Tree tree(cmark_parser_finish(parser));
  cmark_parser_free(parser);
  return tree;
}

std::string html_of(cmark_node* root) {
  char* html = cmark_render_html(root, kOptions, nullptr);
  std::string out(html);
  cmark_get_default_mem_allocator()->free(html);
  return out;
}

std::string literal_of(cmark_node* node) { return text_of(cmark_node_get_literal(node)); }
std::string url_of(cmark_node* node) { return text_of(cmark_node_get_url(node)); }

std::string plain_text(cmark_node* node) {
  std::string out;
  for (cmark_node* at = cmark_node_first_child(node); at != nullptr; at = cmark_node_next(at)) {
    const cmark_node_type type = cmark_node_get_type(at);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
      out += literal_of(at);
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
      out += ' ';
    else
      out += plain_text(at);
  }
  return out;
}

bool is_table_part(cmark_node* node, std::string_view kind) {
  return kind == cmark_node_get_type_string(node) ||
         (kind == "table_row" &&
          cmark_node_get_type_string(node) == std::string_view("table_header"));
}

bool has_own_anchor(cmark_node* heading) { return !own_anchor(heading).empty(); }

std::string anchor_of(cmark_node* heading) {
  std::string own = own_anchor(heading);
  return own.empty() ? slug_of(plain_text(heading)) : own;
}

cmark_node* find_heading(cmark_node* root, std::string_view anchor) {
  for (cmark_node* at = cmark_node_first_child(root); at != nullptr; at = cmark_node_next(at))
    if (cmark_node_get_type(at) == CMARK_NODE_HEADING && anchor_of(at) == anchor) return at;
  return nullptr;
}

}  // namespace gantry::pages
