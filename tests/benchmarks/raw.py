"""Ready-made messages pushed as fast as pipelined SMTP allows: what the machine can do.

    python -m tests.benchmarks.raw PORT FILE COUNT [--connections 16]

FILE holds what the sink kept of a run of ours. Each connection sends the end of one
message together with the envelope of the next, and waits for the 354, as RFC 2920 has
it. One line of JSON says the seconds from the first connection to the last answer.
"""

from __future__ import annotations

import argparse
import gc
import json
import select
import socket
import struct
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

GO_ON = b"\r\n354"
END = b"\r\n.\r\n"


def kept(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Envelope and message of each that the sink has written down."""
    data, at = path.read_bytes(), 0
    parts = []
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        parts.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    yield from zip(parts[::2], parts[1::2], strict=True)


def steps(messages: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """What one connection writes, each step after the answer to the one before."""
    before = b""
    for envelope, body in messages:
        yield before + envelope + b"\r\nDATA\r\n"
        before = body + END
    yield before


def push(port: int, messages: list[tuple[bytes, bytes]], connections: int) -> float:
    """Seconds that it takes."""
    lanes = [messages[n::connections] for n in range(connections)]
    # Made before the clock runs: ready-made means ready-made.
    ready = [list(steps(lane)) for lane in lanes if lane]
    began = time.perf_counter()
    poll, socks, todo, heard = select.epoll(), {}, {}, {}
    ending = set()
    for lane in ready:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.recv(4096)
        sock.sendall(b"EHLO raw.test\r\n")
        sock.recv(4096)
        fd = sock.fileno()
        socks[fd], todo[fd], heard[fd] = sock, iter(lane), b"\r\n"
        poll.register(fd, select.EPOLLIN)
        sock.sendall(next(todo[fd]))
    while socks:
        for fd, _events in poll.poll():
            sock = socks[fd]
            answer = heard[fd] + sock.recv(4096)
            last = fd in ending
            if not answer.endswith(b"\r\n") or (not last and GO_ON not in answer):
                heard[fd] = answer
                continue
            heard[fd] = b"\r\n"
            if last:
                poll.unregister(fd)
                socks.pop(fd).close()
                continue
            step = next(todo[fd])
            sock.sendall(step)
            if step.endswith(END):
                ending.add(fd)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    gc.disable()
    messages = list(islice(cycle(kept(options.file)), options.count))
    seconds = push(options.port, messages, options.connections)
    print(json.dumps({"seconds": seconds, "count": len(messages)}))


if __name__ == "__main__":
    main()
