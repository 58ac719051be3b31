// The keys of people.yaml.
#include "spec/keys.h"

namespace gantry::spec {

namespace {

constexpr Key kPeopleKnown[] = {
    {.name = "people",
     .form = Form::Items,
     .about = {"The people, one map each.", "人员列表，每人一个映射。"},
     .example = "people: [{id: anna}]",
     .keys = &kPersonKeys},
};

constexpr Key kPersonKnown[] = {
    {.name = "id",
     .about = {"The name by which workflows, approvals and managers mean this person. Unique.",
               "工作流、审批和上级关系中引用此人的名称，不得重复。"},
     .example = "id: anna",
     .needed = true},
    {.name = "name",
     .about = {"The name that people read.", "给人看的姓名。"},
     .example = "name: Anna Berg",
     .usual = {"the id", "同 id"}},
    {.name = "mail",
     .about = {"The address for e-mail.", "电子邮件地址。"},
     .example = "mail: anna@example.org"},
    {.name = "mobile",
     .about = {"The number of the mobile phone: digits, spaces, `-`, brackets, `+` in front.",
               "手机号码：数字、空格、`-`、括号，开头可有 `+`。"},
     .example = "mobile: \"+49 170 0000000\""},
    {.name = "im",
     .form = Form::Map,
     .about = {"Ids in chat services.", "在即时通讯服务中的标识。"},
     .example = "im: {slack: U012AB3CD}",
     .keys = &kImKeys},
    {.name = "roles",
     .form = Form::Texts,
     .about =
         {"What others may call them by: an approval by `role:sales-lead` asks whoever has it.",
          "角色：由 `role:sales-lead` 审批时，即请拥有该角色的人处理。"},
     .example = "roles: [sales, sales-lead]"},
    {.name = "manager",
     .about = {"The id of the person to whom they report.", "上级的 id。"},
     .example = "manager: chen"},
};

constexpr Key kImKnown[] = {
    {.name = "dingtalk",
     .about = {"The user id in DingTalk.", "钉钉的 userid。"},
     .example = "dingtalk: manager4567"},
    {.name = "feishu",
     .about = {"The open id or user id in Feishu.", "飞书的 open_id 或 user_id。"},
     .example = "feishu: ou_84aad35d084aa403a838cf73ee18467"},
    {.name = "wecom",
     .about = {"The user id in WeCom.", "企业微信的 userid。"},
     .example = "wecom: ZhangSan"},
    {.name = "slack",
     .about = {"The member id in Slack.", "Slack 的成员 ID。"},
     .example = "slack: U012AB3CD"},
};

}  // namespace

const KeySet kPeopleKeys{{"people.yaml", "people.yaml "}, "", kPeopleKnown, {}};
const KeySet kPersonKeys{{"a person", "人员"}, "people.", kPersonKnown, {}};
const KeySet kImKeys{{"'im'", "“im”"}, "people.im.", kImKnown, {}};

}  // namespace gantry::spec
