"""What every test of a pool needs: a name of its own."""

import os
import unittest

import bips


class PoolCase(unittest.TestCase):
    def setUp(self) -> None:
        self.name = f"python-test-{os.getpid()}-{self._testMethodName}"[:200]

    def producer(self, buffer_size: int = 4096, **options: object) -> bips.Producer:
        producer = bips.Producer(self.name, buffer_size=buffer_size, **options)  # type: ignore[arg-type]
        self.addCleanup(producer.close)
        return producer

    def consumer(self, **options: object) -> bips.Consumer:
        consumer = bips.Consumer(self.name, **options)  # type: ignore[arg-type]
        self.addCleanup(consumer.close)
        return consumer

    @staticmethod
    def publish(producer: bips.Producer, payload: bytes) -> int:
        with producer.pull(10) as lease:
            lease.data[: len(payload)] = payload
            return lease.push(len(payload))
