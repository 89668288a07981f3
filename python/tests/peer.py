"""The other process in tests, in Python. Its command line and what it puts into frames are those of Bips.Tests.Peer."""

import argparse
import json
import struct
import sys
import time
import zlib

import numpy as np

import bips

METADATA = struct.Struct("<QQ")


def say(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


def fill(lease: bips.WriteLease, sequence: int) -> int:
    length = 1 + 97 * sequence % len(lease)
    index = np.arange(length)
    lease.data[:length] = (131 * sequence + 17 * index + (index >> 8)).astype(np.uint8).tobytes()
    METADATA.pack_into(lease.metadata, 0, sequence, zlib.crc32(lease.data[:length]))
    return length


def matches(frame: bips.Frame) -> bool:
    return METADATA.unpack(frame.metadata) == (frame.sequence, zlib.crc32(frame.data))


def produce(asked: argparse.Namespace) -> None:
    with bips.Producer(
        asked.name,
        buffer_size=asked.size,
        buffer_count=asked.buffers,
        metadata_size=METADATA.size,
        format=asked.format,
    ) as producer:
        while len(producer.consumers()) < asked.consumers:
            time.sleep(0)
        crc = 0
        for sequence in range(1, asked.frames + 1):
            with producer.pull() as lease:
                length = fill(lease, sequence)
                crc = zlib.crc32(lease.data[:length], crc)
                lease.push(length)
        if asked.pause:
            half = producer.pull()
            half.data[:] = b"\xee" * len(half)
            say("paused", frames=asked.frames, crc=crc)
            sys.stdin.read()
        say("done", frames=asked.frames, crc=crc)


def policy(text: str) -> dict[str, object]:
    name, _, depth = text.partition(":")
    kinds = {"block": bips.Overflow.BLOCK, "drop-oldest": bips.Overflow.DROP_OLDEST, "latest": bips.Overflow.LATEST}
    return {"overflow": kinds[name], "depth": int(depth or 1)}


def consume(asked: argparse.Namespace) -> None:
    with bips.Consumer(asked.name, wait_for_pool=30, **policy(asked.policy)) as consumer:
        taken = bad = crc = last = 0
        ended = "end-of-stream"
        try:
            for frame in consumer:
                bad += not (matches(frame) and frame.sequence > last)
                crc = zlib.crc32(frame.data, crc)
                last = frame.sequence
                taken += 1
                if taken == asked.hold:
                    say("holding", sequence=last)
                    sys.stdin.read()
        except bips.ProducerLost:
            ended = "producer-lost"
        counts = consumer.statistics
        say(
            "done",
            frames=counts.taken,
            lost=counts.lost,
            last=last,
            bad=bad,
            crc=crc,
            format=consumer.pool.format,
            ended=ended,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("produce", "consume"))
    parser.add_argument("name")
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--buffers", type=int, default=8)
    parser.add_argument("--consumers", type=int, default=1)
    parser.add_argument("--format", default="application/octet-stream")
    parser.add_argument("--policy", default="block")
    parser.add_argument("--hold", type=int, default=0)
    parser.add_argument("--pause", action="store_true")
    asked = parser.parse_args()
    produce(asked) if asked.role == "produce" else consume(asked)


if __name__ == "__main__":
    main()
