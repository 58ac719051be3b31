"""Requests over kept connections, sent again where that is safe.

A request is sent again after a broken connection if it only asks or has an Idempotency-Key, and
if it never left; after 429 always, for then nothing was done; after 503 with Retry-After like after
a broken connection, for the server may have lost its own answer. Threads each have a connection.
"""
from __future__ import annotations

import datetime
import http.client
import json
import random
import select
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from .errors import GantryError, ProblemError, Unreachable
from .place import Place
from .tls import TlsConnection

API = "/api/v1/"
CHUNK = 1 << 16


@dataclass(frozen=True)
class Request:
    """`path` is below /api/v1/, escaped."""

    method: str
    path: str
    query: Sequence[Tuple[str, str]] = ()
    body: Optional[bytes] = None
    headers: Dict[str, str] = field(default_factory=dict)
    timeout: Optional[float] = None

    @property
    def is_repeatable(self) -> bool:
        return self.method in ("GET", "HEAD") or "Idempotency-Key" in self.headers

    @property
    def target(self) -> str:
        query = urllib.parse.urlencode(self.query)
        return API + self.path + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def problem(self) -> ProblemError:
        """The error that an answer without success is."""
        try:
            told = json.loads(self.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            told = {"detail": self.body.decode(errors="replace").strip()}
        title = told.get("title") or http.client.responses.get(self.status, "refused")
        return ProblemError(self.status, told.get("code", ""), title, told.get("detail", ""),
                            self.headers.get("Content-Language", "en"),
                            retry_after(self.headers))


class OpenAnswer:
    """An answer that is read as it comes. Close it, or use it in a `with`."""

    def __init__(self, link: Link, response: http.client.HTTPResponse) -> None:
        self._link = link
        self._response = response
        self.status = response.status
        self.headers = response.headers

    def parts(self) -> Iterator[bytes]:
        """What comes, until the end; Unreachable if it breaks off."""
        while True:
            try:
                part = self._response.read1(CHUNK)
            except (OSError, http.client.HTTPException) as gone:
                raise Unreachable(f"the answer broke off: {gone!r}", True) from gone
            if not part:
                return
            yield part

    def lines(self) -> Iterator[bytes]:
        """Whole lines, without their ends."""
        rest = b""
        for part in self.parts():
            *whole, rest = (rest + part).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def read(self) -> bytes:
        return b"".join(self.parts())

    def close(self) -> None:
        self._response.close()
        self._link.connection.close()

    def __enter__(self) -> OpenAnswer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def retry_after(headers: http.client.HTTPMessage) -> Optional[float]:
    """Seconds; the server never names a date."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


@dataclass(frozen=True)
class Retries:
    """How often a request is sent again, and how long one waits for it at most."""

    count: int = 4
    first_pause: float = 0.1
    longest_pause: float = 30.0

    def pause(self, attempt: int) -> float:
        """Twice as long each time; not all at the same moment."""
        return min(self.first_pause * 2.0 ** attempt, self.longest_pause) * random.uniform(0.5, 1)


class Transport:
    """`find` is asked for each new connection: a server may come back at another address."""

    def __init__(self, find: Callable[[], Place], timeout: float, retries: Retries, lang: str,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self._find = find
        self._timeout = timeout
        self._retries = retries
        self._lang = lang
        self._sleep = sleep
        self._kept = threading.local()

    def send(self, request: Request) -> Answer:
        """The answer, whatever its status."""
        answer = self._repeat(request, self._exchange)
        assert isinstance(answer, Answer)
        return answer

    def open(self, request: Request) -> OpenAnswer:
        """ProblemError unless the answer is a success."""
        answer = self._repeat(request, self._begin)
        if isinstance(answer, Answer):
            raise answer.problem()
        return answer

    def close(self) -> None:
        """Of this thread."""
        kept: Optional[Link] = getattr(self._kept, "link", None)
        if kept:
            kept.connection.close()
        self._kept.link = None

    def _repeat(self, request: Request, send: Callable[[Request], Union[Answer, OpenAnswer]]
                ) -> Union[Answer, OpenAnswer]:
        retries = self._retries
        for attempt in range(retries.count):
            try:
                answer = send(request)
            except Unreachable as gone:
                if gone.sent and not request.is_repeatable:
                    raise
                self._sleep(retries.pause(attempt))
                continue
            pause = self._pause_after(answer, request, retries, attempt)
            if pause is None:
                return answer
            self._sleep(pause)
        return send(request)

    @staticmethod
    def _pause_after(answer: Union[Answer, OpenAnswer], request: Request, retries: Retries,
                     attempt: int) -> Optional[float]:
        """None: do not ask again."""
        wanted = retry_after(answer.headers)
        may = answer.status == 429 or (answer.status == 503 and request.is_repeatable)
        if not may or wanted is None or wanted > retries.longest_pause:
            return None
        return max(wanted, retries.pause(attempt))

    def _exchange(self, request: Request) -> Answer:
        link = self._link(request)
        try:
            response = self._ask(link, request)
            body = response.read()
        except (OSError, http.client.HTTPException) as gone:
            self.close()
            raise Unreachable(f"{request.method} {request.path}: {gone!r}", True) from gone
        if response.will_close:
            self.close()
        return Answer(response.status, response.headers, body)

    def _begin(self, request: Request) -> Union[Answer, OpenAnswer]:
        """On a connection of its own."""
        link = self._connect(request)
        try:
            response = self._ask(link, request)
            if response.status < 300:
                return OpenAnswer(link, response)
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as gone:
            link.connection.close()
            raise Unreachable(f"{request.method} {request.path}: {gone!r}", True) from gone
        link.connection.close()
        return answer

    def _ask(self, link: Link, request: Request) -> http.client.HTTPResponse:
        headers = {"Accept-Language": self._lang}
        if link.token:
            headers["Authorization"] = "Bearer " + link.token
        headers.update(request.headers)
        link.connection.request(request.method, request.target, body=request.body, headers=headers)
        return link.connection.getresponse()

    def _link(self, request: Request) -> Link:
        """The kept one, unless the other side has closed it."""
        kept: Optional[Link] = getattr(self._kept, "link", None)
        if kept is None or kept.is_over():
            self.close()
            kept = self._kept.link = self._connect(request)
        kept.connection.sock.settimeout(request.timeout or self._timeout)
        return kept

    def _connect(self, request: Request) -> Link:
        place = self._find()
        connection = new_connection(place, request.timeout or self._timeout)
        try:
            connection.connect()
        except OSError as gone:
            raise Unreachable(f"the server at {place.url} can not be reached: {gone}", False
                              ) from gone
        return Link(connection, place.token)


@dataclass(frozen=True)
class Link:
    """A connection and what its server knows us by."""

    connection: http.client.HTTPConnection
    token: str

    def __del__(self) -> None:
        """A thread that has ended leaves its connection."""
        self.connection.close()

    def is_over(self) -> bool:
        """Nothing is due on a connection at rest: what can be read is its end."""
        if self.connection.sock is None:
            return True
        poller = select.poll()
        poller.register(self.connection.sock, select.POLLIN)
        return bool(poller.poll(0))


def new_connection(place: Place, timeout: float) -> http.client.HTTPConnection:
    where = urllib.parse.urlsplit(place.url)
    if where.scheme not in ("http", "https") or not where.hostname:
        raise GantryError(f"'{place.url}' is no http:// or https:// address")
    if where.scheme == "https":
        return TlsConnection(where.hostname, where.port or 443, place, timeout)
    return http.client.HTTPConnection(where.hostname, where.port or 80, timeout=timeout)


def pairs(query: Dict[str, Any]) -> List[Tuple[str, str]]:
    """A list is a parameter several times, None is none."""
    out = []
    for name, given in query.items():
        values = given if isinstance(given, (list, tuple)) else [given]
        out += [(name, text_of(value)) for value in values if value is not None]
    return out


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
