"""A race of senders: the same pushes, the same sink, each sender alone on one core while the sink has another."""

import base64
import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from app.config import ROOT
from app.core import clock
from app.push.gateway import new_keys
from app.push.messages import Line, payload
from benchmarks.support.phones import KEYS, device_keys

CORES = sorted(os.sched_getaffinity(0))
SENDER, SINK = CORES[0], CORES[-1]
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""By which variable each sender learns whom to trust: OpenSSL itself, requests, and Node."""

NODE = Path(__file__).with_name("node_sender.mjs")


@dataclass(frozen=True)
class Spent:
    """What a number of pushes took: seconds, seconds of CPU of the sender, and of the sink."""

    count: int
    seconds: float
    cpu: float
    sink: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class Sink:
    """The push service of the race, answering after a while."""

    def __init__(self, process: "subprocess.Popen[str]", trust: ssl.SSLContext) -> None:
        self._trust = trust
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    def spent(self) -> dict[str, float]:
        """How many pushes it has `taken`, and its seconds of `cpu`."""
        with urllib.request.urlopen(f"https://localhost:{self.port}/spent", context=self._trust) as answer:
            told: dict[str, float] = json.load(answer)
            return told


class Sender:
    """A sender, which has read its plan and waits."""

    def __init__(self, process: "subprocess.Popen[str]", sink: Sink) -> None:
        self._process, self._sink = process, sink

    def send(self, count: int) -> Spent:
        """Let it send. Raises RuntimeError when not all of it arrived."""
        before = self._sink.spent()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        after = self._sink.spent()
        arrived = after["taken"] - before["taken"]
        if not told or arrived not in {0, count}:
            raise RuntimeError(f"{arrived} of {count} pushes have arrived")
        seconds, cpu = json.loads(told)
        return Spent(count, seconds, cpu, after["cpu"] - before["cpu"])


class Race:
    """A course with a sink; senders are started on it."""

    def __init__(self, folder: Path, stack: ExitStack, after: float) -> None:
        """`after`: seconds that the sink takes to answer. A certificate is in the folder."""
        self._folder, self._stack = folder, stack
        self._trusted = dict.fromkeys(TRUST, str(folder / "ca.pem"))
        command = [sys.executable, "-m", "benchmarks.support.sink", str(folder / "sink.pem"), str(after)]
        self.sink = Sink(self._start(command, SINK), ssl.create_default_context(cafile=folder / "ca.pem"))
        self._plan = folder / f"plan-{self.sink.port}.json"
        self._plan.write_text(json.dumps(plan(folder, self.sink.port)))

    def sender(self, kind: str) -> Sender:
        """One of those in senders.py."""
        command = [sys.executable, "-m", "benchmarks.support.senders", kind, str(self._plan)]
        return Sender(self._start(command, SENDER), self.sink)

    def node(self, installed: Path) -> Sender:
        """Node's web-push, which has been installed into a folder."""
        return Sender(self._start(["node", str(NODE), str(installed), str(self._plan)], SENDER), self.sink)

    def _start(self, command: Sequence[str], core: int) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            cwd=ROOT,
            env={**os.environ, **self._trusted},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stack.callback(_end, process)
        return process


@contextmanager
def race(folder: Path, *, after: float = 0) -> Iterator[Race]:
    """A course, gone afterwards with all that was started on it."""
    certify(folder)
    with ExitStack() as stack:
        yield Race(folder, stack, after)


def certify(folder: Path) -> None:
    """A certificate for localhost that whoever reads ca.pem trusts, and its key beside it in sink.pem."""
    if (folder / "sink.pem").exists():
        return
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    told = certificate.public_bytes(Encoding.PEM)
    (folder / "ca.pem").write_bytes(told)
    (folder / "sink.pem").write_bytes(told + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def plan(folder: Path, port: int) -> dict[str, object]:
    """What every sender is told: whose keys, for whom, and the message, as the engine pads it."""
    pair = new_keys()
    (folder / "key.pem").write_bytes(pair.private)
    numbers = load_pem_private_key(pair.private, None).private_numbers()
    body = payload(
        Line("Attune", "Your quiet minute is ready."), ident="a" * 45, tag="a" * 32, lang="en", badge=1,
        navigate="https://attune.example.org/today", actions={"open": "Open", "later": "In an hour"},
    )  # fmt: skip
    return {
        "port": port,
        "subject": "mailto:somebody@example.org",
        "key": str(folder / "key.pem"),
        "public": pair.public,
        "private": base64.urlsafe_b64encode(numbers.private_value.to_bytes(32, "big")).rstrip(b"=").decode(),
        "body": body.decode(),
        "subscriptions": [
            {"endpoint": f"https://localhost:{port}/push/{number}", "keys": device_keys()} for number in range(KEYS)
        ],
    }


def install_web_push(folder: Path) -> bool:
    """Get Node's web-push into a folder. False where there is no npm, or nothing to get it from."""
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    folder.mkdir()
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "web-push@3"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
