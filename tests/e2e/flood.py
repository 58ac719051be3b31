"""Many requests at once, over many connections with the requests of each in a row."""
import json
import selectors
import socket
import urllib.parse

CONNECTIONS = 64
AHEAD = 16  # requests of a connection that are on their way


class Answer:
    """What the server said to one request."""

    def __init__(self, request, head, body):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.request = request
        self.status = int(first.split(" ", 2)[1])
        self.headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        self.body = body

    def json(self):
        return json.loads(self.body)


class Connection:
    """Sends its requests in order and cuts the answers out of what comes back."""

    def __init__(self, address, requests):
        self.requests = requests
        self.sent = 0
        self.answers = []
        self.incoming = b""
        self.socket = socket.create_connection(address)
        self.socket.settimeout(60)

    def is_over(self):
        return len(self.answers) == len(self.requests)

    def send(self):
        end = min(len(self.requests), len(self.answers) + AHEAD)
        if self.sent < end:
            self.socket.sendall(b"".join(self.requests[self.sent:end]))
            self.sent = end

    def receive(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise AssertionError("the server ended a connection with requests on their way")
        self.incoming += data
        while self.cut():
            pass
        self.send()

    def cut(self):
        head, found, rest = self.incoming.partition(b"\r\n\r\n")
        if not found:
            return False
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return False
        self.answers.append(Answer(self.requests[len(self.answers)], head, rest[:length]))
        self.incoming = rest[length:]
        return True


def post_request(home, path, key, body=b"{}"):
    where = urllib.parse.urlsplit(home.url)
    return (f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer "
            f"{home.token()}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def send_all(home, requests, meanwhile=lambda: None):
    """The answers to all requests, in no order; `meanwhile` is called now and then."""
    where = urllib.parse.urlsplit(home.url)
    shares = [requests[i::CONNECTIONS] for i in range(CONNECTIONS)]
    connections = [Connection((where.hostname, where.port), share) for share in shares if share]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        while selector.get_map():
            for key, _ in selector.select(60):
                key.data.receive()
                if key.data.is_over():
                    selector.unregister(key.data.socket)
                    key.data.socket.close()
            meanwhile()
    return [answer for connection in connections for answer in connection.answers]


def start_all(home, workflow, keys, meanwhile=lambda: None):
    """Starts a run per key, those that were put off again until they are taken: key -> number."""
    path = f"/api/v1/workflows/{urllib.parse.quote(workflow, safe='')}/runs"
    requests = {post_request(home, path, key): key for key in keys}
    numbers = {}
    while requests:
        for answer in send_all(home, list(requests), meanwhile):
            if answer.status == 201:
                numbers[requests.pop(answer.request)] = answer.json()["number"]
            elif answer.status not in (429, 503):
                raise AssertionError(f"{answer.status} {answer.body[:500]}")
    return numbers
