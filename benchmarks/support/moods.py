"""Push services with moods, on loopback: each takes, refuses, fails, hangs or hangs up for a while, and is well then.

What comes is written into a file, a line of JSON for each push: when, by the clock of the storm, to which device, under
which topic, how long it was good for, and whether the device has it now.
"""

import asyncio
import json
import os
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

STEADY, GONE, BUSY, ILL, HANGING, CLOSING = MOODS = ("steady", "gone", "busy", "ill", "hanging", "closing")
MOODY = 0.7
"""How often a service follows its mood, while it has one."""

_WELL = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Services:
    """One service for each mood. `now` is the clock of the storm; at `well` their moods are over, but for GONE."""

    def __init__(self, log: Path, now: Callable[[], datetime], well: datetime, seed: int) -> None:
        self._log, self._now, self._well, self._chance = log, now, well, random.Random(seed)
        self._file = -1

    def run(self, told: Callable[[dict[str, int]], None]) -> None:
        """Serve until somebody ends the process. `told` is given the port of each."""
        self._file = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with suppress(KeyboardInterrupt):
            asyncio.run(self._run(told))

    async def _run(self, told: Callable[[dict[str, int]], None]) -> None:
        doors = {mood: await asyncio.start_server(self._talker(mood), "127.0.0.1", 0, backlog=512) for mood in MOODS}
        told({mood: door.sockets[0].getsockname()[1] for mood, door in doors.items()})
        await asyncio.gather(*(door.serve_forever() for door in doors.values()))

    def _talker(self, mood: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
        async def talk(hears: asyncio.StreamReader, says: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.IncompleteReadError):
                while await self._answer(mood, hears, says):
                    pass
            says.transport.abort()

        return talk

    async def _answer(self, mood: str, hears: asyncio.StreamReader, says: asyncio.StreamWriter) -> bool:
        head = (await hears.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        moody = self._now() < self._well and self._chance.random() < MOODY
        if moody and mood == CLOSING and self._chance.random() < 0.5:
            return False
        await hears.readexactly(int(fields["content-length"]))
        device = head[0].split(" ")[1].rpartition("/")[2]
        status, more = self._status(mood, device) if moody or mood == GONE else (201, "")
        silent = moody and mood in {HANGING, CLOSING}
        taken = status == 201 and (not silent or self._chance.random() < 0.5)
        told = {"at": self._now().isoformat(), "mood": mood, "device": device, "topic": fields["topic"],
                "ttl": int(fields["ttl"]), "status": 0 if silent else status, "taken": taken}  # fmt: skip
        os.write(self._file, (json.dumps(told) + "\n").encode())
        if not silent:
            answer = f"HTTP/1.1 {status} x\r\n{more}Content-Length: 0\r\n\r\n".encode() if status != 201 else _WELL
            says.write(answer)
            await says.drain()
            return True
        if mood == HANGING:
            await hears.read()
        return False

    def _status(self, mood: str, device: str) -> tuple[int, str]:
        if mood == GONE:
            return (410, "") if device.startswith(GONE) else (201, "")
        if mood == ILL:
            return self._chance.choice((500, 502, 503)), ""
        if mood == BUSY:
            wait = timedelta(seconds=self._chance.randint(5, 60))
            until = format_datetime(self._now() + wait, usegmt=True)
            return 429, f"Retry-After: {self._chance.choice((str(wait.seconds), until))}\r\n"
        return 201, ""
