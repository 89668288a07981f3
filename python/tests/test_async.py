"""asyncio and other loops over the descriptor."""

import asyncio
import select
import threading
import unittest

import bips

from .pool_case import PoolCase


class Loops(PoolCase):
    def test_async_for_yields_every_frame_and_ends_with_the_stream(self) -> None:
        producer = self.producer(buffer_count=4)
        consumer = self.consumer()

        def produce() -> None:
            for i in range(100):
                self.publish(producer, bytes([i]))
            producer.close()

        async def consume() -> list[int]:
            return [frame.data[0] async for frame in consumer]

        thread = threading.Thread(target=produce)
        thread.start()
        self.assertEqual(asyncio.run(asyncio.wait_for(consume(), 30)), list(range(100)))
        thread.join()

    def test_several_pools_and_a_timer_share_one_loop(self) -> None:
        producers = [bips.Producer(f"{self.name}-{i}", buffer_size=16) for i in range(3)]
        consumers = [bips.Consumer(f"{self.name}-{i}") for i in range(3)]
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0)
                ticks += 1

        async def consume(consumer: bips.Consumer) -> bytes:
            return b"".join([bytes(frame.data) async for frame in consumer])

        async def produce(producer: bips.Producer, text: bytes) -> None:
            for byte in text:
                seen = ticks
                while ticks == seen:
                    await asyncio.sleep(0)
                self.publish(producer, bytes([byte]))
            producer.close()

        async def everything() -> list[bytes]:
            timer = asyncio.ensure_future(tick())
            texts = (b"one", b"two", b"three")
            work = [consume(consumer) for consumer in consumers]
            work += [produce(producer, text) for producer, text in zip(producers, texts)]  # type: ignore[list-item]
            results = await asyncio.wait_for(asyncio.gather(*work), 30)
            timer.cancel()
            return results[:3]

        self.assertEqual(asyncio.run(everything()), [b"one", b"two", b"three"])
        for consumer in consumers:
            consumer.close()

    def test_cancelled_wait_loses_nothing(self) -> None:
        producer = self.producer()
        consumer = self.consumer()

        async def wait() -> bytes:
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(consumer.pull_async(), 0.01)
            self.publish(producer, b"kept")
            with await asyncio.wait_for(consumer.pull_async(), 10) as frame:
                return bytes(frame.data)

        self.assertEqual(asyncio.run(wait()), b"kept")

    def test_end_of_stream_ends_the_wait_of_a_loop(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        producer.close()

        async def wait() -> None:
            await asyncio.wait_for(consumer.pull_async(), 10)

        with self.assertRaises(bips.EndOfStream):
            asyncio.run(wait())

    def test_descriptor_works_in_select(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.assertEqual(select.select([consumer], [], [], 0)[0], [])
        self.publish(producer, b"x")
        self.assertEqual(select.select([consumer], [], [], 10)[0], [consumer])
        consumer.pull(0).push()
        self.assertIsNone(consumer.try_pull())
        self.assertEqual(select.select([consumer], [], [], 0)[0], [])


if __name__ == "__main__":
    unittest.main()
