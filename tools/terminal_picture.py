#!/usr/bin/env python3
"""Records the pictures of README.md: a real session in a terminal, as an SVG that moves.

    tools/terminal_picture.py --program out/gantry     writes docs/pictures/session.{en,zh}.svg

A server is started in a folder of its own, the commands of SESSION are executed in a pseudo
terminal, and what they draw becomes the frames of the picture. A viewer that does not move shows
the last one.
"""
import argparse
import fcntl
import html
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import urllib.request

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS, ROWS = 78, 19
CELL, LINE, MARGIN, BAR = 8.4, 19, 18, 34
INKS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "2": "#8b949e"}
PLAIN, BACKGROUND, FRAME = "#e6edf3", "#0d1117", "#30363d"
CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")
TEXTS = {"en": ("Orders of the night", "the web server has no space left: /srv/www"),
         "zh": ("夜间订单", "网站服务器的磁盘已满：/srv/www")}
WORKFLOW = """
title: {title}
tasks:
  orders: {{run: sleep 1.2}}
  stock: {{run: sleep 2}}
  clean: {{needs: [orders], run: sleep 0.8}}
  load: {{needs: [clean, stock], run: sleep 1}}
  publish:
    needs: [load]
    retry: {{limit: 1, delay: 1s}}
    run: "sleep 0.5; echo '{failure}' >&2; exit 1"
  mail: {{needs: [publish], run: echo}}
finally:
  tidy: {{run: echo}}
"""
SESSION = (("trigger", "nightly", "--wait"), ("why", "nightly"))


def width_of(char):
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """As much of a terminal as the program uses: rows of cells (character, ink, bold)."""

    def __init__(self):
        self.rows = [[]]
        self.row = self.column = 0
        self.ink, self.bold = PLAIN, False

    def feed(self, text):
        at = 0
        while at < len(text):
            control = CONTROL.match(text, at)
            if control:
                self.control(control[1], control[2])
                at = control.end()
                continue
            self.put(text[at])
            at += 1

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row += 1
            if self.row == len(self.rows):
                self.rows.append([])
        else:
            cells = self.rows[self.row]
            cells += [(" ", PLAIN, False)] * (self.column - len(cells))
            wide = width_of(char)
            cells[self.column:self.column + wide] = [
                (char, self.ink, self.bold)] + [("", self.ink, self.bold)] * (wide - 1)
            self.column += wide

    def control(self, numbers, letter):
        if letter == "F":
            self.row, self.column = max(0, self.row - int(numbers or 1)), 0
        elif letter == "K":
            del self.rows[self.row][self.column:]
        elif letter == "J":
            del self.rows[self.row][self.column:], self.rows[self.row + 1:]
        elif letter == "m":
            for number in (numbers or "0").split(";"):
                self.ink = PLAIN if number == "0" else INKS.get(number, self.ink)
                self.bold = number == "1" or (self.bold and number != "0")

    def picture(self):
        """The last rows, each as runs of equal cells: (column, text, ink, bold)."""
        return tuple(tuple(runs_of(row)) for row in self.rows[-ROWS:])


def runs_of(row):
    """Wide characters stand alone, so that no font can shift what follows."""
    column, runs = 0, []
    for char, ink, bold in row:
        last = runs[-1] if runs else None
        plain = char and char.isascii()
        if char and last and plain and last[4] and last[2:4] == [ink, bold]:
            last[1] += char
        elif char:
            runs.append([column, char, ink, bold, plain])
        column += 1
    return [tuple(run[:4]) for run in runs if run[1].strip()]


# ---- recording ----------------------------------------------------------------------------

class Recording:
    def __init__(self, env):
        self.env, self.screen, self.frames = env, Screen(), []
        self.begin = time.monotonic()

    def keep(self):
        picture = self.screen.picture()
        if not self.frames or self.frames[-1][1] != picture:
            self.frames.append((time.monotonic() - self.begin, picture))

    def execute(self, program, arguments):
        self.screen.feed(f"\x1b[32m$\x1b[0m \x1b[1mgantry {' '.join(arguments)}\x1b[0m\r\n")
        self.keep()
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(program, ["gantry", *arguments], self.env)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        pending = b""
        while data := read_some(terminal):
            pending += data
            text = pending.decode(errors="ignore")
            if text.encode() != pending:
                continue
            pending = b""
            self.screen.feed(text)
            self.keep()
        os.waitpid(pid, 0)
        os.close(terminal)


def read_some(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def wait_for_server(address_file):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with open(address_file, encoding="utf-8") as file:
                urllib.request.urlopen(file.read().strip() + "/api/v1/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the server did not start")


def record(program, language):
    with tempfile.TemporaryDirectory(prefix="gantry-picture-") as home:
        os.makedirs(os.path.join(home, "workflows"))
        title, failure = TEXTS[language]
        with open(os.path.join(home, "workflows/nightly.yaml"), "w", encoding="utf-8") as file:
            file.write(WORKFLOW.format(title=title, failure=failure))
        env = {"PATH": os.environ["PATH"], "HOME": home, "GANTRY_HOME": home, "TERM": "xterm",
               "GANTRY_LANG": language, "GANTRY_LISTEN": "127.0.0.1:0"}
        server = subprocess.Popen([program, "serve"], env=env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            wait_for_server(os.path.join(home, "data/address"))
            while b"nightly" not in subprocess.run([program, "workflows"], env=env, check=False,
                                                   capture_output=True).stdout:
                time.sleep(0.05)
            recording = Recording(env)
            for arguments in SESSION:
                recording.execute(program, arguments)
            recording.screen.feed("\x1b[32m$\x1b[0m ")
            recording.keep()
            return recording.frames
        finally:
            server.terminate()
            server.wait()


# ---- drawing ------------------------------------------------------------------------------

def text_element(row, run):
    column, text, ink, bold = run
    x, y = MARGIN + column * CELL, BAR + MARGIN + row * LINE
    weight = ' font-weight="bold"' if bold else ""
    length = sum(map(width_of, text)) * CELL
    return (f'<text x="{x:.1f}" y="{y}" fill="{ink}"{weight} textLength="{length:.1f}" '
            f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>')


def frame_element(number, picture, visible):
    lines = "".join(text_element(row, run) for row, runs in enumerate(picture) for run in runs)
    hidden = "" if visible else ' visibility="hidden"'
    return f'<g id="f{number}"{hidden}>{lines}</g>'


def spread(frames, last_seconds=6.0, shortest=0.25, longest=1.2):
    """When each frame begins, and the whole length: quick changes are dropped, pauses shortened."""
    kept = [frames[0]]
    for frame in frames[1:]:
        if frame[0] - kept[-1][0] < shortest and frame is not frames[-1]:
            kept[-1] = (kept[-1][0], frame[1])
        else:
            kept.append(frame)
    starts, now = [0.0], 0.0
    for before, after in zip(kept, kept[1:]):
        now += min(max(after[0] - before[0], shortest), longest)
        starts.append(now)
    return starts, now + last_seconds, [picture for _, picture in kept]


def style(starts, whole):
    """Each frame is to be seen from its start to that of the next one."""
    rules = []
    for number, (start, end) in enumerate(zip(starts, starts[1:] + [whole])):
        a, b = 100 * start / whole, 100 * end / whole
        rules.append(f"@keyframes k{number}{{0%{{visibility:hidden}}{a:.3f}%{{visibility:visible}}"
                     f"{b:.3f}%{{visibility:hidden}}100%{{visibility:hidden}}}}"
                     if end < whole else
                     f"@keyframes k{number}{{0%{{visibility:hidden}}{a:.3f}%,100%"
                     "{visibility:visible}}")
        rules.append(f"#f{number}{{animation:k{number} {whole:.2f}s step-end infinite}}")
    return ("@media (prefers-reduced-motion:no-preference){" + "".join(rules) + "}")


def draw(frames):
    starts, whole, pictures = spread(frames)
    rows = max(len(picture) for picture in pictures)
    width, height = 2 * MARGIN + COLUMNS * CELL, BAR + MARGIN + rows * LINE
    dots = "".join(f'<circle cx="{MARGIN + 4 + 20 * n}" cy="{BAR / 2}" r="6" fill="{ink}"/>'
                   for n, ink in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    shown = "".join(frame_element(n, picture, n == len(pictures) - 1) + "\n"
                    for n, picture in enumerate(pictures))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" xml:space="preserve" font-size="14" '
            'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\','
            "'Noto Sans Mono CJK SC','Microsoft YaHei',monospace\">\n"
            f"<style>{style(starts, whole)}</style>\n"
            f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="10" '
            f'fill="{BACKGROUND}" stroke="{FRAME}"/>{dots}\n{shown}</svg>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=os.path.join(SOURCE, "out/gantry"))
    program = os.path.abspath(parser.parse_args().program)
    for language in TEXTS:
        path = os.path.join(SOURCE, f"docs/pictures/session.{language}.svg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw(record(program, language)))
        print(path)


if __name__ == "__main__":
    main()
