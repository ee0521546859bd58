"""A mail server on loopback that is slow, dies or refuses as a test wants."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """`delay` seconds before each mail is taken; it hangs up in place of taking mail `dies_at`.

    `taken` are the recipients of the mails that it answered for, in order.
    """

    delay: float = 0.0
    dies_at: int | None = None
    refused: str = ""
    port: int = 0
    connections: int = 0
    taken: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["MailServer"]:
        """Serve until the block ends."""
        with _Server(("127.0.0.1", 0), _Talk) as server:
            server.mails = self
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    mails: MailServer


class _Talk(socketserver.StreamRequestHandler):
    """One connection: as much of RFC 5321 as `smtplib` needs."""

    server: _Server

    def handle(self) -> None:
        mails = self.server.mails
        mails.connections += 1
        self._say("220 ready")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "RCPT":
                recipient = rest[rest.index("<") + 1 : rest.index(">")]
                self._say("550 unknown" if recipient == mails.refused else "250 ok")
            elif verb.upper() == "DATA":
                if not self._take(mails, recipient):
                    return
            else:
                self._say("221 bye" if verb.upper() == "QUIT" else "250 ok")

    def _take(self, mails: MailServer, recipient: str) -> bool:
        self._say("354 go on")
        while self.rfile.readline() not in (b".\r\n", b""):
            pass
        time.sleep(mails.delay)
        if mails.dies_at == len(mails.taken):
            mails.dies_at = None
            return False
        mails.taken.append(recipient)
        self._say("250 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
