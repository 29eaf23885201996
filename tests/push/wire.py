"""A push service on this machine that says what a test wants it to, to the byte, and keeps what it was sent."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.core import clock

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Request:
    """What came, and on which connection, counted from 1."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class Wire:
    """Says `answer`: bytes; or what a function makes of the request; None hangs up, "" says nothing at all."""

    answer: bytes | str | Callable[[Request], bytes | str | None] | None = CREATED
    keeps: bool = True
    """Whether requests are kept, which a test of memory does not want."""

    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    taken: int = 0
    """How many bytes of its last answer the other side took."""

    port: int = 0
    scheme: str = "http"
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket, number: int) -> None:
        """One connection, until either side has enough."""
        with suppress(OSError), connection, connection.makefile("rb") as heard:
            while line := heard.readline().decode("latin-1").strip():
                headers = {}
                while field_line := heard.readline().decode("latin-1").strip():
                    name, _, value = field_line.partition(":")
                    headers[name.lower()] = value.strip()
                request = Request(line, headers, heard.read(int(headers.get("content-length", 0))), number)
                if self.keeps:
                    self.requests.append(request)
                answer = self.answer(request) if callable(self.answer) else self.answer
                if isinstance(answer, str):
                    self._over.wait()
                if not isinstance(answer, bytes):
                    return
                self.taken = 0
                for start in range(0, len(answer), 65_536):
                    connection.sendall(answer[start : start + 65_536])
                    self.taken += len(answer[start : start + 65_536])
                if b"content-length" not in answer.lower() and b"chunked" not in answer.lower():
                    return


@contextmanager
def wire(trust: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """A push service while inside: in plain http, or over TLS."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
        service = Wire(port=listening.getsockname()[1], scheme="https" if trust else "http")
        open_now: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def talk(connection: socket.socket, number: int) -> None:
            with suppress(OSError):
                talking = trust.wrap_socket(connection, server_side=True) if trust else connection
                open_now.append(talking)
                service.serve(talking, number)
            connection.close()

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    service.connections += 1
                    threads.append(threading.Thread(target=talk, args=(connection, service.connections)))
                    threads[-1].start()

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield service
        finally:
            service._over.set()
            for each in (listening, *open_now):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            listener.join()
            for thread in threads:
                thread.join()


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """(what a service of these names serves with, the file that makes it trusted)."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A push service of the tests")])
    others = [x509.DNSName(each) for each in names if not each[0].isdigit()]
    others += [x509.IPAddress(ipaddress.ip_address(each)) for each in names if each[0].isdigit()]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(built.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(public, private)
    return trust, public
