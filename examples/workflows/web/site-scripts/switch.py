"""Makes a release the current one. If the nginx that serves the site does not serve it well, the
release before it is the current one again, and the task fails."""

import os
import signal
import sys

import health
import nginx
from site_files import (current_link, folder_of, give_up, good_release, say, served_mark,
                        write)


def point_to(folder, release):
    """Atomically: a new link beside the old one, which then takes its name."""
    beside = current_link(folder) + ".new"
    if os.path.lexists(beside):  # of an attempt that was killed
        os.unlink(beside)
    os.symlink(os.path.relpath(release, folder), beside)
    os.replace(beside, current_link(folder))


def port_of(folder):
    with open(os.path.join(folder, "port"), encoding="utf-8") as file:
        return int(file.read())


def reload(folder, pid, release):
    """What is wrong after the nginx has been told to read its configuration again."""
    wrong = nginx.test(folder)
    if wrong:
        return [wrong]
    nginx.reload(pid)
    return health.faults(f"http://127.0.0.1:{port_of(folder)}", release)


def go_back(folder, pid, before, faults):
    point_to(folder, before)
    again = reload(folder, pid, before)
    name = os.path.basename(before)
    faults = "\n".join(faults)
    if again:
        give_up(f"{faults}\nand {name} is not well either:\n" + "\n".join(again),
                f"{faults}\n{name} 也不正常：\n" + "\n".join(again))
    give_up(f"{faults}\nback to {name}, which is served as before",
            f"{faults}\n已退回 {name}，照常提供服务")


def stopped(_signal, _frame):
    raise InterruptedError(say("stopped", "已被停止"))


def main():
    folder, release = folder_of(sys.argv[1]), sys.argv[2]
    before, pid = good_release(folder), nginx.running(folder)
    signal.signal(signal.SIGTERM, stopped)  # a cancellation or the timeout goes back, too
    try:
        point_to(folder, release)
        faults = reload(folder, pid, release) if pid else []
    except OSError as error:
        faults = [str(error)]
    if faults and before and pid:
        go_back(folder, pid, before, faults)
    if faults and before:
        point_to(folder, before)
    if faults:
        sys.exit("\n".join(faults))
    write(served_mark(release), "")
    name = os.path.basename(release)
    if pid:
        port = port_of(folder)
        print(say(f"{name} is served at http://127.0.0.1:{port}/",
                  f"{name} 已在 http://127.0.0.1:{port}/ 提供服务"))
    else:
        print(say(f"{name} is current. Nothing serves it yet: gantry trigger web/serve-site",
                  f"{name} 是当前发布。尚未提供服务：gantry trigger web/serve-site"))


main()
