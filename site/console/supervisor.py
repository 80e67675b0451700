"""Keeps a set of programs running together: started, restarted and stopped as one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .lifeline import TIME_TO_FINISH


@dataclass(frozen=True)
class Program:
    """One member of the set, in a process group of its own.

    Others may lean on it while they finish: it ``outlives`` them, so it is told to
    stop only when they have ended.
    """

    name: str
    argv: tuple[str, ...]
    outlives: bool = False


@dataclass(frozen=True)
class Patience:
    """Seconds: before each new start in a row, to count as healthy, to finish."""

    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    healthy: float = 60
    finish: float = TIME_TO_FINISH


class Supervisor:
    """Runs the programs until a signal comes or one of them cannot be kept up."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        patience: Patience | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.programs = programs
        self.patience = patience or Patience()
        self.environment = os.environ | dict(environment or {})
        self.environment["PYTHONUNBUFFERED"] = "1"
        self.width = max(len(program.name) for program in programs)
        self.exit_code = 0

    async def run(self, port: int, when_ready: Callable[[], str]) -> int:
        """Keep the set going; the exit code is 0 when it stopped as it was told.

        ``when_ready`` gives what to print once the web answers on ``port``.
        """
        self.stopping = asyncio.Event()
        self.others_ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told_to_stop)
        pillars = self._keep_all(self.others_ended, outlives=True)
        others = self._keep_all(self.stopping, outlives=False)
        ready = asyncio.create_task(self._announce(port, when_ready))
        await others
        ready.cancel()
        self.others_ended.set()
        await pillars
        return self.exit_code

    def say(self, text: str, name: str = "tocsin") -> None:
        """Print one line under the name of who said it."""
        # Nobody may be reading any more; the programs go on all the same.
        with suppress(OSError):
            sys.stdout.write(f"{name:<{self.width}} | {text}\n")
            sys.stdout.flush()

    def _told_to_stop(self) -> None:
        if self.stopping.is_set():
            self.say("Already stopping; work in hand is being finished")
            return
        self.say(f"Stopping; work in hand has {self.patience.finish:g} s to finish")
        self.stopping.set()

    def _keep_all(
        self, stop: asyncio.Event, *, outlives: bool
    ) -> asyncio.Future[list[None]]:
        chosen = [p for p in self.programs if p.outlives is outlives]
        return asyncio.gather(*(self._keep(program, stop) for program in chosen))

    async def _keep(self, program: Program, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            begun = time.monotonic()
            code = await self._run_once(program, stop)
            if stop.is_set():
                return
            if time.monotonic() - begun > self.patience.healthy:
                failures = 0
            if failures == len(self.patience.pauses):
                self._give_up(program, failures + 1)
                return
            pause = self.patience.pauses[failures]
            failures += 1
            self.say(
                f"{program.name} ended by itself ({ending(code)}); "
                f"starting it again in {pause:g} s"
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)

    def _give_up(self, program: Program, times: int) -> None:
        self.say(
            f"{program.name} ended {times} times in a row; its last lines above say "
            "why. Everything is stopped: mend that, then start again."
        )
        self.exit_code = 1
        self.stopping.set()

    async def _run_once(self, program: Program, stop: asyncio.Event) -> int:
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
        )
        printing = asyncio.create_task(self._print(program, process))
        ended = asyncio.create_task(process.wait())
        told = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ended.done():
            await self._end(program, process)
        # What the program itself may have left behind holds on to the pipe.
        kill_group(process.pid)
        await printing
        return await ended

    async def _end(self, program: Program, process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.patience.finish)
        except TimeoutError:
            self.say(f"{program.name} did not finish in time and was killed")
            self.exit_code = 1
            kill_group(process.pid)

    async def _print(
        self, program: Program, process: asyncio.subprocess.Process
    ) -> None:
        assert process.stdout is not None  # noqa: S101
        rest = b""
        while chunk := await process.stdout.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.say(line.decode(errors="replace"), program.name)
        if rest:
            self.say(rest.decode(errors="replace"), program.name)

    async def _announce(self, port: int, when_ready: Callable[[], str]) -> None:
        while not await answers(port):
            await asyncio.sleep(0.2)
        for line in when_ready().splitlines():
            self.say(line)


async def answers(port: int) -> bool:
    """Whether something on this machine speaks HTTP on ``port``."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/")
    except OSError:
        return False
    finally:
        writer.close()


def kill_group(group: int) -> None:
    """Kill what is left of a process group, if anything is."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def ending(code: int) -> str:
    """How a program ended, in words: "exit code 1" or "SIGKILL"."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
