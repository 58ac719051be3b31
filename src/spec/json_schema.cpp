#include "spec/json_schema.h"

#include "base/json.h"
#include "spec/keys.h"

namespace gantry::spec {

namespace {

constexpr std::string_view kDurationPattern =
    "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?$";

struct NamedSet {
  std::string_view name;
  const KeySet* keys;
};
constexpr NamedSet kSets[] = {{"concurrency", &kConcurrencyKeys},
                              {"defaults", &kDefaultsKeys},
                              {"task", &kTaskKeys},
                              {"retry", &kRetryKeys},
                              {"arm", &kArmKeys},
                              {"wait", &kWaitKeys},
                              {"wait_event", &kWaitEventKeys},
                              {"repeat", &kRepeatKeys},
                              {"tolerate", &kTolerateKeys},
                              {"threshold", &kThresholdKeys},
                              {"param", &kParamKeys},
                              {"trigger", &kTriggerKeys},
                              {"catchup", &kCatchUpKeys},
                              {"event", &kEventKeys},
                              {"file", &kFileKeys},
                              {"webhook", &kWebhookKeys},
                              {"completion", &kCompletionKeys}};

std::string reference_to(const KeySet& keys) {
  for (const NamedSet& set : kSets)
    if (set.keys == &keys) return "#/$defs/" + std::string(set.name);
  return "#";
}

// A number or `true` where a text is expected is the text as it is written.
void add_scalar(JsonWriter& w) {
  w.key("type").array().value("string").value("number").value("boolean").end();
}
void add_scalar_below(JsonWriter& w, std::string_view key) {
  add_scalar(w.key(key).object());
  w.end();
}

void add_range(JsonWriter& w, const Key& key) {
  if (key.form == Form::Whole || key.form == Form::Wholes) {
    w.field("minimum", static_cast<std::int64_t>(key.min));
    w.field("maximum", static_cast<std::int64_t>(key.max));
  } else {
    w.field("minimum", Value(key.min)).field("maximum", Value(key.max));
  }
}

void add_choices(JsonWriter& w, const Key& key) {
  w.key("enum").array();
  for (const std::string_view choice : key.choices) w.value(choice);
  w.end();
}

void add_form(JsonWriter& w, const Key& key) {
  switch (key.form) {
    case Form::Text:
    case Form::Template:
    case Form::Expression: return add_scalar(w);
    case Form::Flag: w.field("type", "boolean"); return;
    case Form::Mark:
      w.key("type").array().value("boolean").value("object").value("null").end();
      w.field("maxProperties", 0).key("not").object().field("const", false).end();
      return;
    case Form::Whole: return add_range(w.field("type", "integer"), key);
    case Form::Wholes:
      add_range(w.field("type", "array").key("items").object().field("type", "integer"), key);
      w.end();
      return;
    case Form::Number: return add_range(w.field("type", "number"), key);
    case Form::Duration:
      w.field("type", "string").field("pattern", kDurationPattern).field("minLength", 2);
      return;
    case Form::Choice: return add_choices(w, key);
    case Form::ChoiceOrMap:
      add_choices(w.key("anyOf").array().object(), key);
      w.end().object().field("$ref", reference_to(*key.keys)).end().end();
      return;
    case Form::Value: return;
    case Form::Texts:
    case Form::Templates: return add_scalar_below(w.field("type", "array"), "items");
    case Form::NamedTexts:
    case Form::NamedTemplates:
    case Form::NamedExpressions:
      return add_scalar_below(w.field("type", "object"), "additionalProperties");
    case Form::Elements: w.key("type").array().value("array").value("string").end(); return;
    case Form::Dates:
    case Form::Spans: w.key("type").array().value("array").value("object").end(); return;
    case Form::NamedValues: w.field("type", "object"); return;
    case Form::Map: w.field("$ref", reference_to(*key.keys)); return;
    case Form::Maps:
      w.field("type", "object").key("additionalProperties").object();
      w.field("$ref", reference_to(*key.keys)).end();
      if (key.needed) w.field("minProperties", 1);
      return;
    case Form::Items:
      w.field("type", "array").key("items").object();
      w.field("$ref", reference_to(*key.keys)).end();
      return;
  }
}

void add_default(JsonWriter& w, const Key& key) {
  if (key.fallback == nullptr) return;
  const bool is_bare =
      key.form == Form::Flag || key.form == Form::Whole || key.form == Form::Number;
  if (is_bare)
    w.key("default").raw(key.fallback());
  else
    w.field("default", key.fallback());
}

void add_needed(JsonWriter& w, const KeySet& set) {
  w.key("required").array();
  for (const Key& key : set.known)
    if (key.needed) w.value(key.name);
  w.end();
  if (set.one_of.empty()) return;
  w.key("oneOf").array();
  for (const std::string_view name : set.one_of)
    w.object().key("required").array().value(name).end().end();
  w.end();
}

void add_set(JsonWriter& w, const KeySet& set, Lang lang) {
  w.field("type", "object").field("additionalProperties", false).key("properties").object();
  for (const Key& key : set.known) {
    w.key(key.name).object().field("description", key.about.in(lang));
    add_form(w, key);
    add_default(w, key);
    w.end();
  }
  w.end();
  add_needed(w, set);
}

}  // namespace

std::string json_schema(Lang lang) {
  JsonWriter w;
  w.object().field("$schema", "https://json-schema.org/draft/2020-12/schema");
  w.field("title", Text{"A Gantry workflow", "Gantry 工作流"}.in(lang));
  add_set(w, kWorkflowKeys, lang);
  w.key("$defs").object();
  for (const NamedSet& set : kSets) {
    add_set(w.key(set.name).object(), *set.keys, lang);
    w.end();
  }
  w.end().end();
  return std::move(w).text();
}

}  // namespace gantry::spec
