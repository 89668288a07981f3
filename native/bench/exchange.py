"""The same as ExchangeCost in Bips.Tests.Peer, in Python: exchange.py measure NAME [--size BYTES] [--view]

--view: the consumer also makes a memoryview of each frame.
"""

import sys
import time

import bips

FRAMES = 20_000


def exchange(producer: bips.Producer, consumer: bips.Consumer) -> None:
    for _ in range(FRAMES):
        producer.pull().push()
        consumer.pull().push()


def exchange_with_view(producer: bips.Producer, consumer: bips.Consumer) -> None:
    for _ in range(FRAMES):
        producer.pull().push()
        with consumer.pull() as frame:
            frame.data


def main() -> None:
    size = int(sys.argv[sys.argv.index("--size") + 1]) if "--size" in sys.argv else 4096
    work = exchange_with_view if "--view" in sys.argv else exchange
    with bips.Producer(sys.argv[2], buffer_size=size) as producer, bips.Consumer(sys.argv[2]) as consumer:
        work(producer, consumer)
        for _ in sys.stdin:
            start = time.perf_counter()
            work(producer, consumer)
            print(f"{(time.perf_counter() - start) / FRAMES * 1e9:.1f}", flush=True)


main()
