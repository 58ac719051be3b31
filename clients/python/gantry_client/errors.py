"""What can go wrong. All are GantryErrors."""
from __future__ import annotations

from typing import Optional


class GantryError(Exception):
    """Anything that this package raises."""


class Unreachable(GantryError):
    """There is no answer. `sent`: the request may have been taken all the same."""

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class NoServer(Unreachable):
    """Nothing says where the server is."""

    def __init__(self, message: str) -> None:
        super().__init__(message, False)


class UntrustedServer(GantryError):
    """The certificate is not one that was asked for; nothing was sent."""


class TimedOut(GantryError):
    """The time that the caller gave is over."""


class ProblemError(GantryError):
    """The server refused: a problem document (RFC 9457).

    `code` is stable and what programs look at; it is empty for what was refused before it reached
    the interface. `title` is in the language `lang`, `detail` says what to do. `retry_after` are
    seconds, if the server named some.
    """

    def __init__(self, status: int, code: str, title: str, detail: str, lang: str,
                 retry_after: Optional[float]) -> None:
        super().__init__(f"{status} {code or title}: {detail}" if detail else f"{status} {title}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.lang = lang
        self.retry_after = retry_after
