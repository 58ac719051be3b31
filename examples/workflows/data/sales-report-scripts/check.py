"""Compares what was kept with what the database holds; a difference fails the task."""

import os
import sys


def say(english, chinese):
    return chinese if os.environ.get("EXAMPLE_LANGUAGE") == "zh" else english


def main():
    kept, file_cents, loaded, database_cents = sys.argv[1:5]
    print(say(f"file: {kept} rows, {file_cents} cents; "
              f"database: {loaded} rows, {database_cents} cents",
              f"文件：{kept} 行，{file_cents} 分；数据库：{loaded} 行，{database_cents} 分"))
    if (kept, file_cents) != (loaded, database_cents):
        sys.exit(say("they differ", "两者不一致"))


main()
