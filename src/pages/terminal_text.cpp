#include "pages/terminal_text.h"

#include <cmark-gfm.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/utf8.h"
#include "pages/fill.h"
#include "pages/links.h"
#include "pages/markdown.h"

namespace gantry::pages {

namespace {

constexpr int kColumnMin = 8;  // of a table
constexpr std::string_view kGap = "  ";
constexpr std::string_view kCodeIndent = "    ";

std::string topic_of(const Place& place) {
  if (place.page->name == kErrors && !place.anchor.empty()) return place.anchor;
  constexpr std::string_view kLint = "lint/";
  const std::string_view name = place.page->name;
  return std::string(name.starts_with(kLint) ? name.substr(kLint.size()) : name);
}

class Writer {
 public:
  Writer(const Library& library, const Page& page, const Layout& layout)
      : library_(library), page_(page), layout_(layout) {}

  void blocks(cmark_node* parent, const std::string& indent) {
    for (cmark_node* at = cmark_node_first_child(parent); at != nullptr; at = cmark_node_next(at))
      block(at, indent);
  }

  void block(cmark_node* node, const std::string& indent) {
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_HEADING: return heading(node, indent);
      case CMARK_NODE_PARAGRAPH: return paragraph(node, indent, indent);
      case CMARK_NODE_CODE_BLOCK: return code(node, indent);
      case CMARK_NODE_LIST: return list(node, indent);
      case CMARK_NODE_BLOCK_QUOTE: return blocks(node, indent + "  ");
      case CMARK_NODE_THEMATIC_BREAK: return lines({"---"}, indent, indent);
      default: break;
    }
    if (is_table_part(node, "table")) table(node, indent);
  }

  std::string take() { return std::move(out_); }

 private:
  // One blank line between blocks, none within a tight list.
  void begin_block() {
    if (!out_.empty() && !tight_) out_ += '\n';
    tight_ = false;
  }

  void lines(const std::vector<std::string>& text, const std::string& first,
             const std::string& others) {
    begin_block();
    for (std::size_t i = 0; i < text.size(); ++i)
      out_ += (text[i].empty() ? "" : (i == 0 ? first : others) + text[i]) + "\n";
  }

  void heading(cmark_node* node, const std::string& indent) {
    std::vector<Span> spans;
    inlines(node, Look::Bold, spans);
    lines(fill(spans, room(indent), layout_.color), indent, indent);
    if (!layout_.color) {
      const char rule = cmark_node_get_heading_level(node) == 1 ? '=' : '-';
      out_ += indent + std::string(static_cast<std::size_t>(width_of(spans)), rule) + "\n";
    }
  }

  void paragraph(cmark_node* node, const std::string& first, const std::string& others) {
    std::vector<Span> spans;
    inlines(node, Look::Plain, spans);
    lines(fill(spans, room(others), layout_.color), first, others);
  }

  void code(cmark_node* node, const std::string& indent) {
    const std::string text = literal_of(node);
    std::vector<std::string> out;
    for (const std::string_view line :
         split(std::string_view(text).substr(0, text.size() - 1), '\n'))
      out.emplace_back(line);
    const std::string inner = indent + std::string(kCodeIndent);
    lines(out, inner, inner);
  }

  void list(cmark_node* node, const std::string& indent) {
    int number = cmark_node_get_list_start(node);
    const bool numbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    const bool tight = cmark_node_get_list_tight(node) != 0;
    begin_block();
    tight_ = true;
    for (cmark_node* at = cmark_node_first_child(node); at != nullptr; at = cmark_node_next(at)) {
      const std::string mark = numbered ? fmt::format("{}. ", number++) : "- ";
      item(at, tight, indent + mark, indent + std::string(mark.size(), ' '));
      tight_ = tight && cmark_node_next(at) != nullptr;
    }
    tight_ = false;
  }

  void item(cmark_node* node, bool tight, const std::string& first, const std::string& others) {
    cmark_node* child = cmark_node_first_child(node);
    if (child != nullptr && cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH) {
      paragraph(child, first, others);
      child = cmark_node_next(child);
    } else {
      lines({" "}, first, others);
    }
    for (; child != nullptr; child = cmark_node_next(child)) {
      tight_ = tight;
      block(child, others);
    }
  }

  using Cells = std::vector<std::vector<Span>>;

  void table(cmark_node* node, const std::string& indent) {
    std::vector<Cells> rows;
    for (cmark_node* row = cmark_node_first_child(node); row != nullptr;
         row = cmark_node_next(row)) {
      rows.emplace_back();
      for (cmark_node* cell = cmark_node_first_child(row); cell != nullptr;
           cell = cmark_node_next(cell))
        inlines(cell, rows.size() == 1 ? Look::Bold : Look::Plain, rows.back().emplace_back());
    }
    const std::vector<int> widths = widths_of(rows, room(indent));
    begin_block();
    for (const Cells& row : rows) table_row(row, widths, indent);
  }

  static std::vector<int> widths_of(const std::vector<Cells>& rows, int room) {
    std::vector<int> widths;
    for (const Cells& row : rows) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], width_of(row[i]));
    }
    const int gaps =
        static_cast<int>(kGap.size() * (widths.size() - std::min<std::size_t>(widths.size(), 1)));
    while (std::accumulate(widths.begin(), widths.end(), gaps) > room) {
      const auto widest = std::max_element(widths.begin(), widths.end());
      if (*widest <= kColumnMin) break;
      --*widest;
    }
    return widths;
  }

  void table_row(const Cells& row, const std::vector<int>& widths, const std::string& indent) {
    std::vector<std::vector<std::string>> cells, plain;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(fill(row[i], widths[i], layout_.color));
      plain.push_back(fill(row[i], widths[i], false));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
      std::string text;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool there = line < cells[i].size();
        if (there) text += cells[i][line];
        const int used = there ? display_width(plain[i][line]) : 0;
        if (i + 1 < cells.size())
          text += std::string(static_cast<std::size_t>(std::max(widths[i] - used, 0)), ' ') +
                  std::string(kGap);
      }
      text.erase(text.find_last_not_of(' ') + 1);
      out_ += indent + text + "\n";
    }
  }

  void inlines(cmark_node* parent, Look look, std::vector<Span>& out) {
    for (cmark_node* at = cmark_node_first_child(parent); at != nullptr; at = cmark_node_next(at)) {
      switch (cmark_node_get_type(at)) {
        case CMARK_NODE_TEXT:
        case CMARK_NODE_CODE: out.push_back({literal_of(at), look}); break;
        case CMARK_NODE_SOFTBREAK: soft_break(at, look, out); break;
        case CMARK_NODE_LINEBREAK: out.push_back({"\n", look}); break;
        case CMARK_NODE_STRONG: inlines(at, Look::Bold, out); break;
        case CMARK_NODE_LINK: link(at, look, out); break;
        case CMARK_NODE_HTML_INLINE: break;
        default: inlines(at, look, out);
      }
    }
  }

  // Lines of Chinese text are joined without a space.
  static void soft_break(cmark_node* node, Look look, std::vector<Span>& out) {
    cmark_node* const next = cmark_node_next(node);
    const std::string after = next == nullptr ? "" : literal_of(next);
    const bool wide = !after.empty() && static_cast<unsigned char>(after[0]) >= 0xe2 &&
                      !out.empty() && !out.back().text.empty() &&
                      static_cast<unsigned char>(out.back().text.back()) >= 0x80;
    if (!wide) out.push_back({" ", look});
  }

  void link(cmark_node* node, Look look, std::vector<Span>& out) {
    const std::string url = url_of(node);
    const std::string text = plain_text(node);
    inlines(node, look, out);
    const auto place = follow(library_, page_, url);
    if (place && place->page != &page_)
      out.push_back({fmt::format(" (gantry help {})", topic_of(*place)), Look::Dim});
    else if (is_elsewhere(url) && url != text)
      out.push_back({" <" + url + ">", Look::Dim});
  }

  int room(const std::string& indent) const {
    return std::max(layout_.columns - display_width(indent), 20);
  }

  const Library& library_;
  const Page& page_;
  const Layout layout_;
  std::string out_;
  bool tight_ = false;
};

}  // namespace

std::string terminal_text(const Library& library, const Place& place, const Layout& layout) {
  const Tree root = parse(place.page->text);
  Writer writer(library, *place.page, layout);
  cmark_node* const heading =
      place.anchor.empty() ? nullptr : find_heading(root.get(), place.anchor);
  if (heading == nullptr) {
    writer.blocks(root.get(), "");
    return writer.take();
  }
  const int level = cmark_node_get_heading_level(heading);
  writer.block(heading, "");
  for (cmark_node* at = cmark_node_next(heading); at != nullptr; at = cmark_node_next(at)) {
    if (cmark_node_get_type(at) == CMARK_NODE_HEADING && cmark_node_get_heading_level(at) <= level)
      break;
    writer.block(at, "");
  }
  return writer.take();
}

}  // namespace gantry::pages
