// The workflow that `gantry init` writes: what a file looks like, with a word about each part.
#pragma once

#include "base/text.h"

namespace gantry::app {

inline constexpr Text kFirstWorkflow{
    R"(# A workflow: tasks, and which of them come first. Check it with `gantry lint FILE`, try it
# with `gantry run FILE`, see what would happen with `gantry simulate FILE`.
# All keys: gantry help workflow
title: "Greet ${{ params.name }}"      # what people read in place of a run's number
description: The first workflow, to begin from

params:                                # what a run is given: gantry run FILE -p name=Ada
  name: {type: string, default: world, help: Who is greeted}

# triggers:                            # when runs start by themselves
#   - {id: nightly, cron: "0 2 * * *"} # every night at two; `gantry next FILE` shows when

defaults: {timeout: 10m}               # of every task: no attempt takes longer

tasks:
  prepare:
    run: |                             # a shell script; values come as variables
      echo "Hello, $PARAM_NAME" > greeting.txt
      echo "length=${#PARAM_NAME}" >> "$GANTRY_OUTPUT"
    retry: {limit: 2, delay: 5s}       # a failure is tried again twice

  greet:
    needs: [prepare]                   # after `prepare` has succeeded
    run: cat greeting.txt              # all tasks of a run share one folder

  praise:
    needs: [prepare]                   # beside `greet`
    when: tasks.prepare.outputs.length != "0"
    run: echo "A fine name"

finally:                               # at the end, however the tasks ended
  tidy: {run: rm -f greeting.txt}
)",
    R"(# 一个工作流：任务，以及任务的先后。用 `gantry lint 文件` 检查，用 `gantry run 文件` 试运行，
# 用 `gantry simulate 文件` 预演。
# 全部的键：gantry help workflow
title: "问候 ${{ params.name }}"         # 给人看的标题，代替运行编号
description: 第一个工作流，可由此开始

params:                                # 运行的输入：gantry run 文件 -p name=小王
  name: {type: string, default: 世界, help: 问候谁}

# triggers:                            # 运行何时自动启动
#   - {id: nightly, cron: "0 2 * * *"} # 每天凌晨两点；`gantry next 文件` 显示具体时间

defaults: {timeout: 10m}               # 对每个任务：一次尝试不超过此时长

tasks:
  prepare:
    run: |                             # shell 脚本；值通过环境变量传入
      echo "你好，$PARAM_NAME" > greeting.txt
      echo "length=${#PARAM_NAME}" >> "$GANTRY_OUTPUT"
    retry: {limit: 2, delay: 5s}       # 失败后再试两次

  greet:
    needs: [prepare]                   # 在 `prepare` 成功之后
    run: cat greeting.txt              # 一次运行的任务共用一个文件夹

  praise:
    needs: [prepare]                   # 与 `greet` 并行
    when: tasks.prepare.outputs.length != "0"
    run: echo "好名字"

finally:                               # 最后执行，无论任务结果如何
  tidy: {run: rm -f greeting.txt}
)"};

}  // namespace gantry::app
