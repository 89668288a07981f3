"""The pair matrix: every language produces for every language, under every policy, to the end and with a peer killed.

    native/matrix.sh [PREFIX]

Each pair runs three times: to the end of the stream; with the producer killed while it writes; with a consumer killed
while it holds a frame. The last line is "N passed, N failed".
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

FRAMES = 120
SIZE = 4096
FORMAT = "video/x-raw,format=GRAY8,width=64,height=64"
DEADLINE_SECONDS = 60
POLICIES = ("block", "drop-oldest", "latest:1")

Facts = dict[str, object]


class Peer:
    """A process that says in JSON what it does."""

    def __init__(self, command: list[str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def until(self, event: str) -> Facts:
        assert self.process.stdout is not None and self.process.stderr is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"ended before '{event}': {self.process.stderr.read()[-2000:]}")
        facts = json.loads(line)
        expect(facts["event"] == event, f"'{event}', not {facts}")
        return facts

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"expected {what}")


class Pair:
    """One producer's language, one consumer's, one policy."""

    def __init__(self, producer: list[str], consumer: list[str], policy: str, name: str) -> None:
        self.producer = producer
        self.consumer = consumer
        self.policy = policy
        self.name = name

    def produce(self, *arguments: str) -> Peer:
        options = ("--frames", str(FRAMES), "--size", str(SIZE), "--format", FORMAT)
        return Peer(self.producer, "produce", self.name, *options, *arguments)

    def consume(self, *arguments: str) -> Peer:
        return Peer(self.consumer, "consume", self.name, "--policy", self.policy, *arguments)

    def check_everything_arrived(self, sent: Facts, got: Facts, ending: str) -> None:
        expect(got["bad"] == 0, f"no damaged frame, not {got}")
        expect(got["ended"] == ending, f"'{ending}', not {got}")
        expect(got["format"] == FORMAT, f"the format, not {got}")
        expect(got["last"] == FRAMES, f"the last frame, not {got}")
        expect(got["frames"] + got["lost"] == FRAMES, f"taken and lost to be {FRAMES}: {got}")  # type: ignore[operator]
        if self.policy == "block":
            expect(got["lost"] == 0 and got["crc"] == sent["crc"], f"the payload of {sent}, not {got}")

    def to_the_end_of_the_stream(self, started: Callable[[Peer], Peer]) -> None:
        consumer = started(self.consume())
        sent = started(self.produce()).until("done")
        self.check_everything_arrived(sent, consumer.until("done"), "end-of-stream")

    def producer_killed(self, started: Callable[[Peer], Peer]) -> None:
        producer = started(self.produce("--pause"))
        consumer = started(self.consume())
        sent = producer.until("paused")
        producer.kill()
        self.check_everything_arrived(sent, consumer.until("done"), "producer-lost")

    def consumer_killed(self, started: Callable[[Peer], Peer]) -> None:
        victim = started(self.consume("--hold", "1"))
        survivor = started(self.consume())
        producer = started(self.produce("--consumers", "2"))
        victim.until("holding")
        victim.kill()
        self.check_everything_arrived(producer.until("done"), survivor.until("done"), "end-of-stream")


@contextlib.contextmanager
def peers() -> Iterator[Callable[[Peer], Peer]]:
    """Ends every process that was started, whatever happens, and each of them at the deadline."""
    running: list[Peer] = []

    def started(peer: Peer) -> Peer:
        running.append(peer)
        return peer

    timer = Timer(DEADLINE_SECONDS, lambda: [peer.process.kill() for peer in running])
    timer.start()
    try:
        yield started
    finally:
        timer.cancel()
        for peer in running:
            peer.end()


def remove_leftovers(name: str) -> None:
    """A killed producer leaves its pool, on purpose: another may take it over."""
    directory = os.environ.get("BIPS_DIRECTORY", "/dev/shm")
    for object_name in (f"bips.{name}", f"bips.{name}.lanes"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(directory, object_name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for language in ("csharp", "cpp", "python"):
        parser.add_argument(f"--{language}", type=shlex.split, required=True, metavar="COMMAND")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    languages = {"C#": asked.csharp, "C++": asked.cpp, "Python": asked.python}

    def run(number: int, producer: str, consumer: str, policy: str, case: str) -> tuple[str, str | None]:
        name = f"matrix-{os.getpid()}-{number}"
        title = f"{producer} -> {consumer}, {policy}: {case.replace('_', ' ')}"
        pair = Pair(languages[producer], languages[consumer], policy, name)
        try:
            with peers() as started:
                getattr(pair, case)(started)
            return title, None
        except (AssertionError, ValueError, KeyError) as e:
            return title, str(e)
        finally:
            remove_leftovers(name)

    cases = ("to_the_end_of_the_stream", "producer_killed", "consumer_killed")
    runs = list(itertools.product(languages, languages, POLICIES, cases))
    failed = 0
    with ThreadPoolExecutor(asked.jobs) as executor:
        for title, problem in executor.map(run, range(len(runs)), *zip(*runs)):
            failed += problem is not None
            print(f"{'FAIL' if problem else 'pass'} {title}" + (f": {problem}" if problem else ""), flush=True)
    print(f"{len(runs) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
