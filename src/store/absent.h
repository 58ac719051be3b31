// What the readers say of what is not there, the same for every store.
#pragma once

#include <string>

#include "base/explain.h"
#include "base/ids.h"

namespace gantry::store {

inline Error no_run(RunNo run) {
  return about("unknown-run",
               explain(Code::NotFound, {"there is no run {}", "没有编号为 {} 的运行"}, run.value));
}

inline Error no_workflow(const std::string& name) {
  return about("unknown-workflow",
               explain(Code::NotFound,
                       {"there is no workflow '{}'; gantry workflows lists them",
                        "没有工作流“{}”；gantry workflows 列出全部工作流"},
                       name));
}

inline Error no_event(EventId id) {
  return about("unknown-event", explain(Code::NotFound,
                                        {"there is no event {}; gantry events lists them",
                                         "没有编号为 {} 的事件；gantry events 列出全部事件"},
                                        id.value));
}

inline Error no_backfill(BackfillId id) {
  return about("unknown-backfill", explain(Code::NotFound,
                                           {"there is no backfill {}; gantry backfills lists them",
                                            "没有编号为 {} 的补数；gantry backfills 列出全部补数"},
                                           id.value));
}

inline Error no_version(VersionId id) {
  return explain(Code::NotFound, {"there is no version with id {}", "没有 id 为 {} 的版本"},
                 id.value);
}
inline Error no_version(const std::string& workflow, std::int64_t number) {
  return explain(Code::NotFound, {"the workflow '{}' has no version {}", "工作流“{}”没有版本 {}"},
                 workflow, number);
}

}  // namespace gantry::store
