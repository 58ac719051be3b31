// The graph of a workflow, for drawings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layout/layered.h"
#include "model/workflow.h"

namespace gantry::layout {

enum class Shape : std::uint8_t {
  Task,
  Milestone,   // starts no process
  Background,  // runs beside the others
  Decision,    // a switch
  Group,       // stands for its begin; the tasks in it follow, and what needs it follows them
  Finally,     // stands for "all have ended"; the tasks of `finally` follow
};

struct Box {
  std::string name;
  std::string title;  // as the file has it; may be empty
  Shape shape = Shape::Task;
  bool is_many = false;  // once per item of a foreach
};

struct Flow {
  std::vector<Box> boxes;  // tasks in the order of the file, then that of Finally
  std::vector<Edge> edges;
};

Flow flow_of(const model::Workflow& workflow);

std::string to_mermaid(const Flow& flow);  // a flowchart
std::string to_dot(const Flow& flow);      // of Graphviz
std::string to_svg(const Flow& flow, const std::string& title);

inline constexpr std::size_t kTextBoxesMax = 2'000;
// Lines of a terminal. ResourceExhausted: more boxes than that, or too wide. `lines`: with the
// characters for lines of Unicode, else with those of ASCII.
Result<std::string> to_text(const Flow& flow, bool lines);

}  // namespace gantry::layout
