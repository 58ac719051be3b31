"""TLS to the server: known by an authority, or by its own public key as the command line does."""
from __future__ import annotations

import base64
import hashlib
import http.client
import ssl
from typing import Tuple

from .errors import UntrustedServer
from .place import Place


class TlsConnection(http.client.HTTPSConnection):
    """With a pin, the names and signatures of the certificate do not count, its key does."""

    def __init__(self, host: str, port: int, place: Place, timeout: float) -> None:
        context = ssl.create_default_context(cafile=place.ca_file)
        if place.pin:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        super().__init__(host, port, timeout=timeout, context=context)
        self._pin = place.pin

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as refused:
            raise UntrustedServer(f"the certificate of {self.host}: {refused.verify_message}"
                                  ) from refused
        if self._pin and pin_of(self.certificate()) != self._pin:
            self.close()
            raise UntrustedServer(
                f"the server at {self.host}:{self.port} has another key than its home says")

    def certificate(self) -> bytes:
        """Of the other side, in DER."""
        assert isinstance(self.sock, ssl.SSLSocket)
        return self.sock.getpeercert(binary_form=True) or b""


def pin_of(certificate: bytes) -> str:
    """sha256//BASE64 of the public key (SubjectPublicKeyInfo, RFC 7469) of a certificate in DER."""
    digest = hashlib.sha256(public_key(certificate)).digest()
    return "sha256//" + base64.b64encode(digest).decode()


def public_key(certificate: bytes) -> bytes:
    """RFC 5280: the seventh member of tbsCertificate, the sixth where there is no version."""
    try:
        outer = inside(certificate, 0)
        at = inside(certificate, outer)
        if certificate[at] == 0xA0:  # [0] version
            at = after(certificate, at)
        for _ in ("serial", "signature", "issuer", "validity", "subject"):
            at = after(certificate, at)
        return certificate[at:after(certificate, at)]
    except IndexError as broken:
        raise UntrustedServer("the certificate can not be read") from broken


def header(data: bytes, at: int) -> Tuple[int, int]:
    """Where the content of the element at `at` begins, and its length."""
    first = data[at + 1]
    if first < 0x80:
        return at + 2, first
    count = first & 0x7F
    digits = data[at + 2:at + 2 + count]
    return at + 2 + count, int.from_bytes(digits, "big")


def inside(data: bytes, at: int) -> int:
    return header(data, at)[0]


def after(data: bytes, at: int) -> int:
    start, length = header(data, at)
    return start + length
