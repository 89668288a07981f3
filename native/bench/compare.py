"""Compares what a frame costs in C#, C and Python: compare.py CSHARP C PYTHON (command lines)

The programs take turns, so that whatever else the machine does meets all of them alike; the smallest of many rounds
is what
the calls cost, because noise only adds.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

ROUNDS = 25
SMALL = 4
LARGE = 3840 * 2160 * 3 // 2


class Measured:
    def __init__(self, title: str, command: str, *arguments: str) -> None:
        self.title = title
        name = f"bench-{os.getpid()}-{title.replace(' ', '-').replace('#', 'sharp').replace(',', '')}"
        self.process = subprocess.Popen(
            [*shlex.split(command), "measure", name,
                *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.rounds: list[float] = []

    def measure(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.rounds.append(float(self.process.stdout.readline()))

    @property
    def best(self) -> float:
        return min(self.rounds)

    @property
    def median(self) -> float:
        return sorted(self.rounds)[len(self.rounds) // 2]


def main() -> int:
    csharp, c, python = sys.argv[1:]
    small, large = ("--size", str(SMALL)), ("--size", str(LARGE))
    managed = Measured("C# 4 bytes", csharp, *small)
    native = Measured("C 4 bytes", c, *small)
    interpreted = Measured("Python 4 bytes", python, *small)
    viewed = Measured("Python 4 bytes, view", python, *small, "--view")
    viewed_large = Measured("Python 4K frame, view", python, *large, "--view")
    everything = (managed, native, interpreted, viewed, viewed_large)
    try:
        for _ in range(ROUNDS):
            for one in everything:
                one.measure()
    finally:
        for one in everything:
            one.process.communicate()
    print("One frame, pulled and pushed by a producer and by a consumer on one thread, ns:")
    for one in everything:
        print(f"  {one.title:24} best {one.best:8.0f}   median {one.median:8.0f}")
    print(f"C over C#, for these four calls:      {native.best - managed.best:6.0f} ns (at most 2 x 40)")
    print(f"Python, per frame, both sides:        {interpreted.best / 1000:6.2f} us (at most 5)")
    print(f"Python, a 4K frame over a 4-byte one: {viewed_large.best / viewed.best:6.2f} x")
    return 0


sys.exit(main())
