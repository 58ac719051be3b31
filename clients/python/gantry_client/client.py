"""Client: the operations, and what takes more than one request."""
from __future__ import annotations

import json
import socket
import time
from typing import Any, Callable, Dict, Iterator, Literal, Optional, Sequence, Union, cast

from .caller import segment
from .errors import TimedOut, Unreachable
from .events import Event, EventReader, Rest
from .operations import Operations
from .place import find_place
from .shapes import LogLine, Run
from .transport import Answer, OpenAnswer, Retries, Transport

ENDED = ("succeeded", "failed", "cancelled")
# A stream says something every 15 seconds, a log that rests nothing at all.
STREAM_SILENCE_SECONDS = 45.0
WAIT_SECONDS = 30


class Client(Operations):
    """A server's interface. Threads may share it; each has a connection of its own.

    Without `url`: GANTRY_URL, else the server of `home` (GANTRY_HOME, else the user's). The token
    is `token`, else GANTRY_TOKEN, else the home's. `ca_file` (GANTRY_CA_FILE) holds who may sign
    the certificate; the server of a home is known by its key. `timeout` are seconds for a
    connection and for each part of an answer.
    """

    def __init__(self, url: Optional[str] = None, token: Optional[str] = None, *,
                 home: Optional[str] = None, ca_file: Optional[str] = None, timeout: float = 30.0,
                 retries: Optional[Retries] = None, lang: Literal["en", "zh"] = "en",
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self._timeout = timeout
        self._retries = retries or Retries()
        self._sleep = sleep
        super().__init__(Transport(lambda: find_place(url, token, home, ca_file), timeout,
                                   self._retries, lang, sleep))

    def close(self) -> None:
        """Ends the connection of this thread."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- runs --

    def wait(self, run: Union[int, str], timeout: Optional[float] = None) -> Run:
        """The run once it has ended, over restarts of the server; TimedOut after `timeout` s."""
        deadline = None if timeout is None else time.monotonic() + timeout
        number: Union[int, str] = run  # a name is the run that is the last one now
        attempt = 0
        while True:
            left = WAIT_SECONDS if deadline is None else deadline - time.monotonic()
            seconds = max(0, min(WAIT_SECONDS, int(left)))
            try:
                told = cast(Run, self.ask("GET", f"runs/{segment(number)}/wait",
                                          query={"timeout": f"{seconds}s"},
                                          timeout=seconds + self._timeout))
                number, attempt = told["number"], 0
                if told["state"] in ENDED:
                    return told
            except Unreachable:
                if deadline is None and attempt >= self._retries.count:
                    raise
                self._sleep(self._retries.pause(attempt))
                attempt += 1
            if deadline is not None and time.monotonic() >= deadline:
                raise TimedOut(f"run {number} has not ended within {timeout:g} s")

    # -- logs --

    def iter_log(self, run: Union[int, str], task: str, *, from_line: int = 1,
                 **selection: Any) -> Iterator[LogLine]:
        """The lines of an attempt as far as it is, page by page.

        `selection`: attempt, generation, since, stream, search, regex, ignore_case, limit.
        """
        query: Dict[str, Any] = {**selection, "from": from_line}
        while True:
            answer = self._log_page(run, task, query)
            yield from lines_of(answer)
            if answer.headers["Gantry-At-End"] == "true":
                return
            query = {**selection, **same_attempt(answer.headers),
                     "from": int(answer.headers["Gantry-Next"])}

    def _log_page(self, run: Union[int, str], task: str, query: Dict[str, Any]) -> Answer:
        answer = self.request("GET", f"runs/{segment(run)}/tasks/{segment(task)}/log", query=query)
        if not answer.is_success:
            raise answer.problem()
        return answer

    def follow_log(self, run: Union[int, str], task: str, *, from_line: int = 1,
                   **selection: Any) -> Iterator[LogLine]:
        """Lines as they come, until the attempt has ended and all is told.

        Goes on with the next line after a break, with the same attempt.
        """
        query: Dict[str, Any] = {**selection, "follow": True, "from": from_line}
        path = f"runs/{segment(run)}/tasks/{segment(task)}/log"
        attempt = 0
        while True:
            try:
                with self.open("GET", path, query=query) as answer:
                    query.update(same_attempt(answer.headers))
                    for raw in answer.lines():
                        line = cast(LogLine, json.loads(raw))
                        query["from"] = line["line"] + 1
                        attempt = 0
                        yield line
                    return
            except Unreachable as gone:
                if attempt >= self._retries.count and not is_silence(gone):
                    raise
                self._sleep(self._retries.pause(attempt))
                attempt += 1

    def log_text(self, run: Union[int, str], task: str, *, stamps: bool = False,
                 **selection: Any) -> bytes:
        """A whole log, as the task wrote it."""
        with self.open_log(run, task, format="text", stamps=stamps, **selection) as answer:
            return answer.read()

    # -- the live stream --

    def events(self, topics: Union[str, Sequence[str]], after: Optional[int] = None
               ) -> Iterator[Event]:
        """What changes, for ever: the first event is `ready`. Close the iterator to end it.

        Goes on where it was after a break. On `resync` load everything again.
        """
        wanted = topics if isinstance(topics, str) else ",".join(topics)
        reader = EventReader(after or 0)
        seen_ready, attempt = False, 0
        while True:
            try:
                with self._open_events(wanted, reader.position if seen_ready else after) as answer:
                    for event in reader.read(answer.lines()):
                        attempt = 0
                        if isinstance(event, Rest) or (event.name == "ready" and seen_ready):
                            continue
                        seen_ready = True
                        yield event
            except Unreachable:
                if attempt >= self._retries.count:
                    raise
            # The server says goodbye by an end, too: it may come back.
            self._sleep(self._retries.pause(attempt))
            attempt += 1
            reader = EventReader(reader.position)

    def _open_events(self, topics: str, position: Optional[int]) -> OpenAnswer:
        headers = {} if position is None else {"Last-Event-ID": str(position)}
        return self.open("GET", "stream", query={"topics": topics}, headers=headers,
                         timeout=STREAM_SILENCE_SECONDS)


def lines_of(answer: Answer) -> Iterator[LogLine]:
    for line in answer.body.splitlines():
        yield cast(LogLine, json.loads(line))


def same_attempt(headers: Any) -> Dict[str, str]:
    return {"attempt": headers["Gantry-Attempt"], "generation": headers["Gantry-Generation"]}


def is_silence(gone: Unreachable) -> bool:
    """A log may rest for longer than one waits for a part of an answer."""
    return isinstance(gone.__cause__, socket.timeout)
