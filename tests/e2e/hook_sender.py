"""A sender of signed deliveries at a steady rate over some connections: what has no answer it
sends again, over restarts of the server, until it is taken."""
import json
import selectors
import socket
import threading
import time
import urllib.parse

PAUSE = 0.05  # seconds before a delivery that was not taken is sent again


class Lane:
    """One connection, with one delivery on its way."""

    def __init__(self):
        self.socket, self.incoming = None, b""
        self.delivery, self.is_sent, self.again_at = None, False, 0.0

    def open(self, address):
        self.socket = socket.create_connection(address, 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming = b""

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket, self.is_sent = None, False

    def receive(self):
        """The status of an answer that is here as a whole, else None."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("ended before the answer")
        self.incoming += data
        head, found, body = self.incoming.partition(b"\r\n\r\n")
        if not found:
            return None
        _, length, rest = head.lower().partition(b"content-length: ")
        if length and len(body) < int(rest.partition(b"\r\n")[0]):
            return None
        self.incoming, self.is_sent = b"", False
        return int(head.split(b" ", 2)[1])


class HookSender(threading.Thread):
    """`era` is asked as a delivery is taken; `taken` has (delivery id, era), `refused` the other
    answers. Of deliveries that it is late for, it sends as many as it has connections."""

    def __init__(self, home, signed, rate, connections, stop, era):
        super().__init__(daemon=True)
        self.home, self.signed, self.rate, self.stop, self.era = home, signed, rate, stop, era
        self.taken, self.refused, self.made, self.begin = [], set(), 0, 0.0
        self.lanes = [Lane() for _ in range(connections)]

    def run(self):
        self.begin = time.monotonic()
        with selectors.DefaultSelector() as self.selector:
            while not self.stop.is_set():
                now = time.monotonic()
                for lane in self.lanes:
                    self.feed(lane, now, (now - self.begin) * self.rate)
                self.receive_all()
        for lane in self.lanes:
            lane.close()

    def feed(self, lane, now, due):
        """Gives a free lane the delivery that was not taken, or the next one that is due."""
        if lane.is_sent or now < lane.again_at:
            return
        if lane.delivery is None and self.made < due:
            self.made += 1
            lane.delivery = f"d-{self.made}"
        if lane.delivery is not None:
            self.guarded(lane, self.send)

    def receive_all(self):
        for key, _ in self.selector.select(1 / self.rate):
            self.guarded(key.data, self.take)

    def guarded(self, lane, step):
        try:
            step(lane)
        except OSError:
            if lane.socket is not None:
                self.selector.unregister(lane.socket)
            lane.close()
            lane.again_at = time.monotonic() + PAUSE

    def send(self, lane):
        if lane.socket is None:
            where = urllib.parse.urlsplit(self.home.url or "")
            lane.open((where.hostname or "127.0.0.1", where.port or 0))
            self.selector.register(lane.socket, selectors.EVENT_READ, lane)
        body = json.dumps({"delivery": lane.delivery})
        fields = {"Host": "localhost", "Content-Length": str(len(body)),
                  **self.signed(body, lane.delivery)}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        lane.socket.sendall(f"POST /hooks/orders HTTP/1.1\r\n{head}\r\n{body}".encode())
        lane.is_sent = True

    def take(self, lane):
        status = lane.receive()
        if status in (200, 202):
            self.taken.append((lane.delivery, self.era()))
            lane.delivery = None
        elif status is not None:
            self.refused.add(status)
            lane.again_at = time.monotonic() + PAUSE
