"""The witness on a port: `POST /add-checkpoint`, and `GET /LOG/checkpoint` for monitors."""

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tallying.console import harmless
from tallying.witness.cosigner import PLAIN, Cosigner, Refused
from tallying.witness.records import DamagedRecord

MOST_BYTES = 100_000
"""Of a request: 63 hashes and a checkpoint with many signatures fit."""
PATIENCE_SECONDS = 10
ADD = "/add-checkpoint"


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; `server_port` is the port that it listens at."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, cosigner: Cosigner, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.cosigner = cosigner


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "tallying-witness"
    sys_version = ""
    timeout = PATIENCE_SECONDS

    def do_POST(self) -> None:
        self._answer(self._add)

    def do_GET(self) -> None:
        self._answer(self._newest)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """One line for each request, without what could steer a terminal."""
        sys.stderr.write(harmless(f"{self.log_date_time_string()} {format % args}\n"))

    def _add(self) -> str:
        body = self._body()
        if self.path != ADD:
            raise Refused(404, "There is nothing here.")
        return self.server.cosigner.add_checkpoint(body)

    def _body(self) -> bytes:
        """The whole body; where it is not read, what follows on the connection is not either."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(411, "The request does not say how long it is.")
        if int(length) > MOST_BYTES:
            self.close_connection = True
            raise Refused(413, f"A request has at most {MOST_BYTES} bytes.")
        return self.rfile.read(int(length))

    def _newest(self) -> str:
        if self.path == ADD:
            raise Refused(405, "Checkpoints are sent with POST.")
        first, _, last = self.path.removeprefix("/").partition("/")
        note = self.server.cosigner.newest(first) if last == "checkpoint" else None
        if note is None:
            raise Refused(404, "There is nothing here.")
        return note.decode()

    def _answer(self, work: Callable[[], str]) -> None:
        status, content_type = 200, PLAIN
        try:
            text = work()
        except Refused as refusal:
            status, content_type, text = refusal.status, refusal.content_type, str(refusal)
        except (DamagedRecord, OSError) as error:
            self.log_error("%s", error)
            status, text = 500, "The witness cannot use its record of this log."
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
