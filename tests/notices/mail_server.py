"""A mail server on this machine that wants TLS and a password before it takes anything, and keeps what it took."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """`seen` are the words that began its lines, in their order."""

    context: ssl.SSLContext
    password: str
    port: int = 0
    seen: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)


class Conversation(socketserver.StreamRequestHandler):
    mails: MailServer
    is_trusted = False

    def handle(self) -> None:
        with suppress(ssl.SSLError, ConnectionError):  # who does not trust us hangs up
            self._answer()

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _answer(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            self.mails.seen.append(word)
            if word == "QUIT":
                self._say("221 bye")
                return
            getattr(self, f"_{word.lower()}", self._other)(line)

    def _ehlo(self, _line: str) -> None:
        offered = "AUTH PLAIN" if isinstance(self.connection, ssl.SSLSocket) else "STARTTLS"
        self._say(f"250-here\r\n250 {offered}")

    def _starttls(self, _line: str) -> None:
        self._say("220 go on")
        self.connection = self.mails.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _auth(self, line: str) -> None:
        given = base64.b64decode(line.rsplit(maxsplit=1)[-1]).decode().rpartition("\0")[2]
        self.is_trusted = given == self.mails.password
        self._say("235 welcome" if self.is_trusted else "535 no")

    def _data(self, _line: str) -> None:
        self._say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.mails.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self._say("250 taken")

    def _other(self, _line: str) -> None:
        self._say("250 fine" if self.is_trusted else "530 who are you")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(context: ssl.SSLContext, password: str) -> Iterator[MailServer]:
    mails = MailServer(context, password)
    handler = type("Handler", (Conversation,), {"mails": mails})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        mails.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mails
        finally:
            server.shutdown()
            thread.join()
