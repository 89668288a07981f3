"""A producer in Python for the benchmarks: source.py NAME SIZE BUFFERS UNCOUNTED COUNTED. As source.c."""

import sys
import time

import bips

FRAMES_PER_BATCH = 64


def send_until(producer: bips.Producer, end: int) -> int:
    sent = 0
    while time.monotonic_ns() < end:
        for _ in range(FRAMES_PER_BATCH):
            producer.pull().push()
        sent += FRAMES_PER_BATCH
    return sent


name, size, buffers, uncounted, counted = sys.argv[1:]
with bips.Producer(name, buffer_size=int(size), buffer_count=int(buffers), maximum_consumers=1) as producer:
    print("ready", flush=True)
    sys.stdin.readline()
    send_until(producer, time.monotonic_ns() + int(uncounted) * 1_000_000)
    start = time.monotonic_ns()
    frames = send_until(producer, start + int(counted) * 1_000_000)
    elapsed = time.monotonic_ns() - start
print(frames, elapsed)
