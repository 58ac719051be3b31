// Markdown with tables, parsed by cmark-gfm. Its tree is used by html.cpp and terminal_text.cpp
// only; this header keeps the library's types out of everything else.
#pragma once

#include <memory>
#include <string>
#include <string_view>

extern "C" {
typedef struct cmark_node cmark_node;
}

namespace gantry::pages {

struct FreeTree {
  void operator()(cmark_node* root) const;
};
using Tree = std::unique_ptr<cmark_node, FreeTree>;

// Any text is Markdown: this does not fail. Any thread may call it.
Tree parse(std::string_view markdown);
std::string html_of(cmark_node* root);

std::string literal_of(cmark_node* node);  // the text of a leaf, of code, of inline HTML
std::string url_of(cmark_node* node);      // of a link or an image
// All text below a node, without marks.
std::string plain_text(cmark_node* node);
bool is_table_part(cmark_node* node, std::string_view kind);  // "table", "table_row", "table_cell"

// The anchor of a heading: that of its <a id="...">, else one made from its text as GitHub does.
std::string anchor_of(cmark_node* heading);
bool has_own_anchor(cmark_node* heading);

// The heading with this anchor, or null.
cmark_node* find_heading(cmark_node* root, std::string_view anchor);

}  // namespace gantry::pages
