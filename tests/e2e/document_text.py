"""What a document shows, and whether it is what really appeared.

Both texts are brought to the same form first: what differs from run to run (times, measured
durations, ports, hashes, the width of columns) becomes a word in <>. All else has to be equal.
"""
import difflib
import re

ANY = "..."  # on a line of its own: any lines
REPLACED = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<date>"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "<time>"),
    (re.compile(r"\b\d+(\.\d+s|m\d\ds|h\d\dm)\b"), "<duration>"),
    (re.compile(r"\b(127\.0\.0\.1|localhost|\[::1\]):\d+"), r"\1:<port>"),
    (re.compile(r"\b[0-9a-f]{12,}\b"), "<hash>"),
    (re.compile(r"/home/[a-z]+\b|/root\b"), "~"),
    (re.compile(r", round \d+|，第 \d+ 轮"), ""),
    (re.compile(r"(?<=\S) {2,}"), "  "),
    (re.compile(r"-{4,}"), "----"),
    (re.compile(r"[ \t]+$"), ""),
)
# Whether a task is seen between its beginning and its end is chance.
SEEN = re.compile(r"\S+ (running|waiting|运行中|等待中)( <duration>)?( exit status \d+| 退出码 \d+)?")


def normalised(text):
    """The lines of a text without what differs from run to run."""
    lines = [replaced(line) for line in text.strip("\n").splitlines()]
    return [line for line in lines if not SEEN.fullmatch(line)]


def replaced(line):
    for pattern, word in REPLACED:
        line = pattern.sub(word, line)
    return line


def appears(shown, real):
    """Is `real` what `shown` says?"""
    wanted = "".join(r"(?:.*\n)*" if line == ANY else re.escape(line) + r"\n"
                     for line in normalised(shown))
    return re.fullmatch(wanted, "".join(line + "\n" for line in normalised(real))) is not None


def difference(shown, real):
    """Of two texts that are not the same, for people."""
    return "\n".join(difflib.unified_diff(normalised(shown), normalised(real), "the document shows",
                                          "what appears", lineterm="", n=30))
