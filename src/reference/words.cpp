#include "reference/words.h"

#include "base/check.h"

namespace gantry::reference {

using namespace model;

Text meaning_of(RunState state) {
  switch (state) {
    case RunState::Queued:
      return {"waits: for the concurrency limit, or what holds it", "等待：并发上限，或被暂停"};
    case RunState::Running: return {"its tasks run or wait", "其任务正在运行或等待"};
    case RunState::Finishing:
      return {"the tasks have ended; those of `finally` run",
              "任务已结束，`finally` 中的任务正在运行"};
    case RunState::Succeeded: return {"ended, and no task failed", "已结束，没有失败的任务"};
    case RunState::Failed: return {"ended, and the reason says why", "已结束，原因见“原因”"};
    case RunState::Cancelled: return {"ended, because somebody asked", "应人的要求而结束"};
  }
  CHECK(false);
}

Text meaning_of(TaskState state) {
  switch (state) {
    case TaskState::Pending:
      return {"the tasks that it needs have not decided it yet", "所依赖的任务尚未决定它是否运行"};
    case TaskState::Queued: return {"waits for a slot", "等待槽位"};
    case TaskState::Running: return {"its process runs", "其进程正在运行"};
    case TaskState::Waiting:
      return {"for a retry, the next round of a background task, or a person",
              "等待重试、后台任务的下一轮，或人工裁决"};
    case TaskState::Succeeded: return {"done", "已完成"};
    case TaskState::Skipped: return {"was not to run, by its join rule", "按汇合规则不需要运行"};
    case TaskState::Failed: return {"its last attempt failed", "最后一次尝试失败"};
    case TaskState::Cancelled:
      return {"was stopped or not started, because somebody asked", "应人的要求而停止或未启动"};
    case TaskState::UpstreamFailed:
      return {"could not run: a task that it needs did not succeed",
              "无法运行：所依赖的任务没有成功"};
    case TaskState::Interrupted:
      return {"nobody knows how its attempt ended, and `on_interrupt` says that this is a failure",
              "不知道尝试如何结束，且 `on_interrupt` 规定视为失败"};
  }
  CHECK(false);
}

Text meaning_of(AttemptState state) {
  switch (state) {
    case AttemptState::Running: return {"its process runs", "其进程正在运行"};
    case AttemptState::Succeeded: return {"the process ended with 0", "进程以 0 退出"};
    case AttemptState::Failed:
      return {"the process ended otherwise, or its outputs could not be read",
              "进程以其他方式结束，或输出无法读取"};
    case AttemptState::TimedOut:
      return {"it was stopped after its `timeout`", "超过 `timeout` 被停止"};
    case AttemptState::Killed:
      return {"Gantry stopped it: a cancellation, or the end of a background task",
              "被 Gantry 停止：取消，或后台任务的结束"};
    case AttemptState::Oom:
      return {"the kernel killed it for want of memory", "内存不足，被内核终止"};
    case AttemptState::Interrupted: return {"nobody knows how it ended", "不知道它如何结束"};
    case AttemptState::NotStarted: return {"it certainly never ran", "确定从未运行"};
  }
  CHECK(false);
}

Text meaning_of(Reason reason) {
  switch (reason) {
    case Reason::None: return {"", ""};
    case Reason::Exit: return {"a process ended with a status other than 0", "进程的退出码不为 0"};
    case Reason::Signal: return {"a signal ended the process", "进程被信号终止"};
    case Reason::Timeout: return {"a `timeout` of a task was over", "超过任务的 `timeout`"};
    case Reason::Oom: return {"the kernel killed it for want of memory", "内存不足，被内核终止"};
    case Reason::Interrupted:
      return {"nobody knows how an attempt ended", "不知道一次尝试如何结束"};
    case Reason::Cancelled: return {"somebody asked", "应人的要求"};
    case Reason::TaskFailed:
      return {"of a run, group or foreach: a task or item of it failed",
              "用于运行、组或 foreach：其中有任务或项失败"};
    case Reason::Upstream: return {"the tasks that it needs decided so", "由所依赖的任务决定"};
    case Reason::Expression: return {"an expression could not be evaluated", "表达式无法求值"};
    case Reason::Start: return {"the process could not be started", "进程无法启动"};
    case Reason::Outputs:
      return {"the outputs could not be read, or were too many", "输出无法读取，或超出上限"};
    case Reason::RunTimeout: return {"the `timeout` of the run was over", "超过运行的 `timeout`"};
    case Reason::Definition:
      return {"the version of the workflow could not be loaded", "工作流的版本无法加载"};
    case Reason::Ended:
      return {"of a background task: the others ended", "用于后台任务：其他任务已结束"};
    case Reason::Resolved: return {"a person decided", "由人裁决"};
    case Reason::Quarantined:
      return {"the server died several times while it worked on the run",
              "服务器在处理该运行时多次崩溃"};
    case Reason::Condition:
      return {
          "of a skipped task: its `when` was not true, or its exit status is one of "
          "`skip_exit_codes`",
          "用于已跳过的任务：其 `when` 不为真，或退出码属于 `skip_exit_codes`"};
    case Reason::FailFast:
      return {"of a cancelled task: another one failed, and the workflow says `fail_fast`",
              "用于已取消的任务：另一任务失败，而工作流设了 `fail_fast`"};
    case Reason::Threshold:
      return {"of a foreach and its items: too many items failed (`threshold`)",
              "用于 foreach 及其各项：失败的项过多（`threshold`）"};
    case Reason::Rounds:
      return {"the condition of `repeat` did not hold after its last round",
              "最后一轮之后 `repeat` 的条件仍不成立"};
  }
  CHECK(false);
}

Text meaning_of(CauseKind cause) {
  switch (cause) {
    case CauseKind::Request: return {"a person or a program asked", "由人或程序请求"};
    case CauseKind::Timer: return {"a trigger fired", "触发器触发"};
    case CauseKind::CatchUp:
      return {"a trigger made up for what it missed", "触发器补上错过的运行"};
    case CauseKind::Local: return {"`gantry run`, without a server", "`gantry run`，不经服务器"};
    case CauseKind::Wrap:
      return {"a command ran elsewhere, under `gantry wrap`", "命令在别处由 `gantry wrap` 执行"};
    case CauseKind::Backfill: return {"a date of a backfill", "补数中的一个日期"};
    case CauseKind::Event:
      return {"an event came that a trigger waits for", "触发器等待的事件到来"};
    case CauseKind::Webhook: return {"another system called a hook", "其他系统调用了 webhook"};
    case CauseKind::File: return {"files have come", "文件到达"};
    case CauseKind::Workflow:
      return {"runs of other workflows have ended", "其他工作流的运行已结束"};
  }
  CHECK(false);
}

Text meaning_of(ParamType type) {
  switch (type) {
    case ParamType::String: return {"a text", "文本"};
    case ParamType::Int: return {"a whole number of 64 bits", "64 位整数"};
    case ParamType::Bool: return {"`true` or `false`", "`true` 或 `false`"};
    case ParamType::Date: return {"a day, `2026-01-31`", "日期，`2026-01-31`"};
    case ParamType::Enum: return {"one of `values`", "`values` 之一"};
    case ParamType::List:
      return {"a list of `items`; in the environment it is JSON",
              "由 `items` 组成的列表；在环境变量中为 JSON"};
    case ParamType::Decimal:
      return {"a decimal number, `12.50`, kept exactly as written; in expressions a double",
              "十进制数，`12.50`，按原样精确保存；在表达式中为 double"};
    case ParamType::Datetime:
      return {
          "a point of time with its offset, `2026-01-31T09:00:00+08:00`; in the environment "
          "in UTC, in expressions a timestamp",
          "带时差的时间点，`2026-01-31T09:00:00+08:00`；在环境变量中为 UTC，在表达式中为 "
          "timestamp"};
    case ParamType::Duration:
      return {"a length of time, `1h30m`; in expressions a duration",
              "时长，`1h30m`；在表达式中为 duration"};
    case ParamType::Object:
      return {"a map of JSON values; in the environment it is JSON",
              "由 JSON 值组成的映射；在环境变量中为 JSON"};
    case ParamType::Person:
      return {"the id of a person of `people.yaml`", "`people.yaml` 中人员的 id"};
  }
  CHECK(false);
}

Text meaning_of(JoinRule rule) {
  switch (rule) {
    case JoinRule::AllSuccess:
      return {"runs when S = N. F or U > 0 now: upstream_failed; K > 0 at D = N: skipped",
              "S = N 时运行。F 或 U > 0 立即 upstream_failed；D = N 时 K > 0 则 skipped"};
    case JoinRule::AllFailed:
      return {"runs when F+U = N. S or K > 0 now: skipped",
              "F+U = N 时运行。S 或 K > 0 立即 skipped"};
    case JoinRule::AllDone: return {"runs when D = N", "D = N 时运行"};
    case JoinRule::AllDoneMinOneSuccess:
      return {
          "runs when D = N, K = 0 and S >= 1. K > 0 now: skipped; S = 0 at D = N: "
          "upstream_failed",
          "D = N、K = 0 且 S >= 1 时运行。K > 0 立即 skipped；D = N 时 S = 0 则 "
          "upstream_failed"};
    case JoinRule::AllSkipped:
      return {"runs when K = N. S, F or U > 0 now: skipped",
              "K = N 时运行。S、F 或 U > 0 立即 skipped"};
    case JoinRule::OneSuccess:
      return {"runs when S >= 1, now. At D = N: skipped if K = N, else upstream_failed",
              "S >= 1 立即运行。D = N 时：K = N 则 skipped，否则 upstream_failed"};
    case JoinRule::OneFailed:
      return {"runs when F+U >= 1, now. At D = N: skipped", "F+U >= 1 立即运行。D = N 时 skipped"};
    case JoinRule::OneDone:
      return {"runs when S+F >= 1, now; K and U do not count. At D = N: skipped",
              "S+F >= 1 立即运行，K 和 U 不算。D = N 时 skipped"};
    case JoinRule::NoneFailed:
      return {"runs when S+K = N. F or U > 0 now: upstream_failed",
              "S+K = N 时运行。F 或 U > 0 立即 upstream_failed"};
    case JoinRule::NoneFailedMinOneSuccess:
      return {"runs when S+K = N and S >= 1. F or U > 0 now: upstream_failed; K = N: skipped",
              "S+K = N 且 S >= 1 时运行。F 或 U > 0 立即 upstream_failed；K = N 则 skipped"};
    case JoinRule::NoneSkipped:
      return {"runs when D = N and K = 0. K > 0 now: skipped",
              "D = N 且 K = 0 时运行。K > 0 立即 skipped"};
    case JoinRule::Always: return {"runs at once", "立即运行"};
  }
  CHECK(false);
}

Text meaning_of(Code code) {
  switch (code) {
    case Code::InvalidArgument:
      return {"the request is wrong; `detail` names the place and the nearest known name",
              "请求有误；`detail` 指出位置和最接近的名称"};
    case Code::NotFound: return {"there is no such thing", "不存在"};
    case Code::AlreadyExists:
      return {"the name or the idempotency key is taken by something else", "名称或幂等键已被占用"};
    case Code::FailedPrecondition:
      return {"not possible in this state; `detail` says which",
              "当前状态不允许；`detail` 说明是什么状态"};
    case Code::Aborted: return {"another request came first; ask again", "与另一请求冲突；请重试"};
    case Code::PermissionDenied: return {"the role does not do", "角色权限不足"};
    case Code::Unauthenticated: return {"no valid token or session", "没有有效的令牌或会话"};
    case Code::ResourceExhausted:
      return {"a limit is reached; `detail` names it", "已达上限；`detail` 说明是哪一个"};
    case Code::OutOfRange: return {"a value is out of its range", "取值超出范围"};
    case Code::Unavailable:
      return {
          "not now; what was asked for may have been done, so ask again with the same "
          "`Idempotency-Key`",
          "暂时不行；所请求的操作可能已经完成，请以相同的 `Idempotency-Key` 重试"};
    case Code::DeadlineExceeded: return {"it took too long", "超时"};
    case Code::DataLoss:
      return {"stored data is damaged; see `gantry doctor --check`",
              "存储的数据已损坏；见 `gantry doctor --check`"};
    case Code::Unimplemented: return {"not in this version", "本版本尚未提供"};
    case Code::Internal:
      return {"a fault of the server; its log tells more", "服务器内部错误；详见其日志"};
  }
  CHECK(false);
}

}  // namespace gantry::reference
