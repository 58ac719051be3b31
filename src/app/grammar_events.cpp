// Events: emit, events.
#include "app/grammar.h"
#include "base/limits.h"

namespace gantry::app {

namespace {
Command emit_command(Context& context) {
  auto o = std::make_shared<EmitOptions>();
  return {.name = "emit",
          .group = Group::Act,
          .about = {"say that something has happened, and what it starts",
                    "发出事件，并显示它启动了什么"},
          .example = "gantry emit orders.received --data '{\"amount\": 5}'",
          .arguments = {{.names = "NAME",
                         .into = &o->name,
                         .help = {"what triggers listen to", "触发器所关注的名称"},
                         .required = true},
                        {.names = "--data",
                         .into = &o->data,
                         .help = {"a JSON object, @FILE, or - for standard input",
                                  "JSON 对象、@文件，或 - 表示标准输入"}},
                        {.names = "--key",
                         .into = &o->key,
                         .help = {"idempotency key: the same key of this name is one event",
                                  "幂等键：同名同键只算一个事件"}}},
          .run = [&context, o] { return emit_event(context, *o); }};
}

Command events_command(Context& context) {
  auto o = std::make_shared<EventsOptions>();
  return {.name = "events",
          .group = Group::Look,
          .about = {"events and what became of them", "事件及其处理结果"},
          .example = "gantry events --fate refused",
          .arguments =
              {{.names = "EVENT",
                .into = &o->event,
                .help = {"a number: this one, with its data", "编号：该事件及其内容"}},
               {.names = "--name",
                .into = &o->name,
                .help = {"of this name: of the event, hook or workflow",
                         "该名称：事件名、webhook 名或工作流名"}},
               {.names = "--source",
                .into = &o->source,
                .help = {"where it came from", "来源"},
                .choices = {"emit", "webhook", "file", "workflow"}},
               {.names = "--fate",
                .into = &o->fate,
                .help = {"with this fate for one trigger at least", "至少有一个触发器为该结果"},
                .choices = {"run", "filtered", "skipped", "refused", "waiting", "nobody", "woke"}},
               {.names = "-n,--limit",
                .into = &o->limit,
                .help = {"at most so many (20)", "最多显示的数量（20）"},
                .min = 1,
                .max = limits::kPageMax}},
          .run = [&context, o] { return events(context, *o); }};
}
}  // namespace

void add_event_commands(Context& context, std::vector<Command>& out) {
  out.push_back(emit_command(context));
  out.push_back(events_command(context));
}

}  // namespace gantry::app
