"""What the generated operations stand on."""
from __future__ import annotations

import datetime
import json
import urllib.parse
import uuid
from typing import Any, Dict, Iterator, Mapping, Optional, Union

from .transport import Answer, OpenAnswer, Request, Transport, pairs, text_of

Time = Union[str, datetime.datetime]


def segment(value: Union[int, str]) -> str:
    """One segment of a path: the `/` of names are escaped, too."""
    return urllib.parse.quote(str(value), safe="")


class Caller:
    """Requests by method and path below /api/v1/."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def request(self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None,
                body: Any = None, text: Optional[str] = None,
                content_type: str = "application/json", key: Optional[str] = None,
                headers: Optional[Mapping[str, str]] = None,
                timeout: Optional[float] = None) -> Answer:
        """The answer, whatever its status. `body` is sent as JSON, or `text` as it is."""
        return self._transport.send(
            new_request(method, path, query, body, text, content_type, key, headers, timeout))

    def ask(self, method: str, path: str, *, timeout: Optional[float] = None,
            query: Optional[Mapping[str, Any]] = None, body: Optional[Mapping[str, Any]] = None,
            text: Optional[str] = None, content_type: str = "application/json",
            key: Optional[str] = None) -> Any:
        """The JSON of a success; ProblemError otherwise. Members that are None are left out."""
        answer = self.request(method, path, query=query, body=members(body), text=text,
                              content_type=content_type, key=key, timeout=timeout)
        if not answer.is_success:
            raise answer.problem()
        return answer.json

    def open(self, method: str, path: str, *, query: Optional[Mapping[str, Any]] = None,
             body: Optional[Mapping[str, Any]] = None, text: Optional[str] = None,
             content_type: str = "application/json", key: Optional[str] = None,
             headers: Optional[Mapping[str, str]] = None,
             timeout: Optional[float] = None) -> OpenAnswer:
        """An answer that is read as it comes; ProblemError unless it is a success."""
        return self._transport.open(new_request(method, path, query, members(body), text,
                                                content_type, key, headers, timeout))

    def pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """All items of a list."""
        cursor = None
        while True:
            page = self.ask("GET", path, query={**query, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    @staticmethod
    def key(given: Optional[str]) -> str:
        """Each request has its key, so that sending it again starts nothing twice."""
        return given or str(uuid.uuid4())


def members(body: Optional[Mapping[str, Any]]) -> Optional[Dict[str, Any]]:
    """What is given; None if that is nothing."""
    return {name: value for name, value in (body or {}).items() if value is not None} or None


def new_request(method: str, path: str, query: Optional[Mapping[str, Any]],
                body: Any, text: Optional[str], content_type: str, key: Optional[str],
                headers: Optional[Mapping[str, str]], timeout: Optional[float]) -> Request:
    sent: Dict[str, str] = dict(headers or {})
    data = None if text is None else text.encode()
    if body is not None:
        data = json.dumps(body, default=member_text, allow_nan=False).encode()
    if data is not None:
        sent.setdefault("Content-Type", content_type)
    if key:
        sent["Idempotency-Key"] = key
    return Request(method, path, pairs(dict(query or {})), data, sent, timeout)


def member_text(value: Any) -> str:
    if isinstance(value, datetime.date):
        return text_of(value)
    raise TypeError(f"{value!r} has no form in JSON")
