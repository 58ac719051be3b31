"""Server-sent events (HTML Living Standard, section 9.2), as far as this server sends them."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List, Union


@dataclass(frozen=True)
class Event:
    """`name` is ready, resync, run, task, attempt, workflow, pools, server or closed.

    After `resync` load everything again: something may have been left out before it. After `closed`
    there is nothing more: what opened the stream was revoked or has expired.
    """

    name: str
    position: int
    data: Dict[str, Any]


@dataclass(frozen=True)
class Rest:
    """Nothing has happened, and the stream has got so far."""

    position: int


@dataclass
class EventReader:
    """Lines to events. `position` is where to go on."""

    position: int = 0
    _fields: Dict[str, List[str]] = field(default_factory=dict)

    def read(self, lines: Iterable[bytes]) -> Iterator[Union[Event, Rest]]:
        for raw in lines:
            line = raw.decode()
            if not line and self._fields:
                yield self._end()
            elif line and not line.startswith(":"):
                name, _, value = line.partition(":")
                self._fields.setdefault(name, []).append(value[1:] if value[:1] == " " else value)

    def _end(self) -> Union[Event, Rest]:
        fields, self._fields = self._fields, {}
        if "id" in fields:
            self.position = int(fields["id"][-1])
        if "data" not in fields:
            return Rest(self.position)
        data = json.loads("\n".join(fields["data"]))
        return Event(fields.get("event", ["message"])[-1], self.position, data)
