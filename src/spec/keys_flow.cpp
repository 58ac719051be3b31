// The keys of `switch`, `repeat`, `tolerate` and `threshold`.
#include "model/workflow.h"
#include "spec/keys.h"

namespace gantry::spec {

namespace {

using Names = std::string_view[];

constexpr Key kArmKnown[] = {
    {.name = "when",
     .form = Form::Expression,
     .about = {"The condition of this way.", "该分支的条件。"},
     .example = "when: tasks.extract.outputs.bad > 0\nthen: [ask]",
     .scope = ScopeKind::When},
    {.name = "then",
     .form = Form::Texts,
     .about = {"The tasks of this way; each needs the switch. May be empty.",
               "该分支的任务；它们都依赖此 switch。可以为空。"},
     .example = "when: tasks.extract.outputs.bad > 0\nthen: [ask]"},
    {.name = "otherwise",
     .form = Form::Texts,
     .about = {"The tasks of the last way, taken when no condition is true.",
               "最后一个分支的任务，在没有条件为真时选取。"},
     .example = "otherwise: [publish]"},
};

constexpr Key kRepeatKnown[] = {
    {.name = "until",
     .form = Form::Expression,
     .about =
         {"Asked after each round that succeeded; sees also `outputs`, `exit_code` and `round` "
          "of the task, of a group its tasks.",
          "每轮成功后判断；还可使用该任务的 `outputs`、`exit_code` 和 "
          "`round`，对组可使用组内任务。"},
     .example = "until: outputs.state == \"ready\"",
     .needed = true,
     .scope = ScopeKind::Until},
    {.name = "every",
     .form = Form::Duration,
     .about = {"The wait from the end of a round to the next.", "一轮结束到下一轮开始的等待。"},
     .example = "until: outputs.done\nevery: 30s",
     .usual = {"none", "无"},
     .min = double(kDelayRange.min.us),
     .max = double(kDelayRange.max.us)},
    {.name = "limit",
     .form = Form::Whole,
     .about = {"How many rounds there are at most; if the condition does not hold then, it fails.",
               "最多多少轮；届时条件仍不成立则失败。"},
     .example = "until: outputs.done\nlimit: 20",
     .fallback = [] { return std::to_string(limits::kRoundsDefault); },
     .min = double(kRoundsRange.min),
     .max = double(kRoundsRange.max)},
};

constexpr Key kTolerateKnown[] = {
    {.name = "failed",
     .form = Form::Whole,
     .about = {"How many items may fail.", "可以失败的项数。"},
     .example = "failed: 2",
     .fallback = [] { return std::to_string(model::Foreach{}.tolerated); },
     .min = double(kToleratedRange.min),
     .max = double(kToleratedRange.max)},
};

constexpr Names kThen = {"fail"};

constexpr Key kThresholdKnown[] = {
    {.name = "failed",
     .form = Form::Whole,
     .about = {"It gives up when so many items have failed.", "失败的项达到此数时放弃。"},
     .example = "failed: 3",
     .usual = {"not counted", "不计"},
     .min = double(kItemsRange.min),
     .max = double(kItemsRange.max)},
    {.name = "rate",
     .about = {"It gives up when this share of the items that have ended failed.",
               "已结束的项中失败的比例达到此值时放弃。"},
     .example = "rate: 10%",
     .usual = {"not counted", "不计"}},
    {.name = "min",
     .form = Form::Whole,
     .about = {"Of `rate`: not before so many items have ended.",
               "用于 `rate`：至少有这么多项结束之后。"},
     .example = "rate: 10%\nmin: 20",
     .fallback = [] { return std::to_string(model::Threshold{}.min); },
     .min = double(kItemsRange.min),
     .max = double(kItemsRange.max)},
    {.name = "then",
     .form = Form::Choice,
     .about = {"What it does then: the task fails.", "届时的处理：任务失败。"},
     .example = "failed: 3\nthen: fail",
     .fallback = [] { return std::string("fail"); },
     .choices = kThen},
};

}  // namespace

const KeySet kArmKeys{{"a way of 'switch'", "'switch' 的分支"}, "switch.", kArmKnown, {}};
const KeySet kRepeatKeys{{"'repeat'", "'repeat' "}, "repeat.", kRepeatKnown, {}};
const KeySet kTolerateKeys{{"'tolerate'", "'tolerate' "}, "tolerate.", kTolerateKnown, {}};
const KeySet kThresholdKeys{{"'threshold'", "'threshold' "}, "threshold.", kThresholdKnown, {}};

}  // namespace gantry::spec
