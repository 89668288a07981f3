import threading
import time
import unittest

import bips

from .pool_case import PoolCase


class Exchange(PoolCase):
    def test_frame_arrives_with_all_that_belongs_to_it(self) -> None:
        producer = self.producer(metadata_size=8, format="application/x-test")
        consumer = self.consumer()
        with producer.pull() as lease:
            lease.data[:5] = b"hello"
            lease.metadata[:] = b"metadata"
            lease.flags = 7
            lease.timestamp = 12345
            self.assertEqual(lease.push(5), 1)
        with consumer.pull() as frame:
            self.assertEqual(bytes(frame.data), b"hello")
            self.assertEqual(bytes(frame.metadata), b"metadata")
            self.assertEqual((frame.flags, frame.timestamp, frame.sequence, len(frame)), (7, 12345, 1, 5))
            self.assertTrue(frame.data.readonly and frame.metadata.readonly)
        self.assertEqual(consumer.pool.format, "application/x-test")
        self.assertEqual(consumer.pool, producer.pool)

    def test_empty_frame(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"")
        with consumer.pull() as frame:
            self.assertEqual(bytes(frame.data), b"")
            self.assertEqual(frame.array().shape, (0,))

    def test_timestamp_is_the_monotonic_clock(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        before = time.monotonic_ns()
        self.publish(producer, b"x")
        with consumer.pull() as frame:
            self.assertTrue(before <= frame.timestamp <= time.monotonic_ns())

    def test_iteration_yields_every_frame_and_ends_with_the_stream(self) -> None:
        producer = self.producer(buffer_count=4)
        consumer = self.consumer()

        def produce() -> None:
            for i in range(50):
                self.publish(producer, bytes([i]))
            producer.close()

        thread = threading.Thread(target=produce)
        thread.start()
        self.assertEqual([frame.data[0] for frame in consumer], list(range(50)))
        thread.join()

    def test_outcomes_are_exceptions_that_python_knows(self) -> None:
        producer = self.producer(buffer_count=3)
        consumer = self.consumer()
        with self.assertRaises(TimeoutError):
            consumer.pull(0)
        self.assertIsNone(consumer.try_pull())
        for _ in range(3):
            self.publish(producer, b"x")
        with self.assertRaises(bips.TimedOut):
            producer.pull(0.001)
        producer.close()
        for _ in range(3):
            consumer.pull().push()
        with self.assertRaises(EOFError):
            consumer.pull()

    def test_time_out_is_never_early(self) -> None:
        self.producer()
        consumer = self.consumer()
        for timeout in (0.001, 0.15):
            start = time.monotonic()
            with self.assertRaises(bips.TimedOut):
                consumer.pull(timeout)
            self.assertGreaterEqual(time.monotonic() - start, timeout)

    def test_errors_say_what_is_wrong(self) -> None:
        with self.assertRaises(FileNotFoundError) as raised:
            bips.Consumer(self.name)
        self.assertIn(self.name, str(raised.exception))
        with self.assertRaises(ValueError):
            bips.Producer("no/slash/here", buffer_size=1)
        with self.assertRaisesRegex(ValueError, "buffer_size is -1"):
            bips.Producer(self.name, buffer_size=-1)
        with self.assertRaisesRegex(bips.PoolTooSmall, r"2 > 1 \+ 1"):
            bips.Producer(self.name, buffer_size=1, buffer_count=2)
        self.producer()
        with self.assertRaises(bips.ProducerActive):
            bips.Producer(self.name, buffer_size=1)
        with self.assertRaisesRegex(ValueError, "maximum_held"):
            self.consumer(maximum_held=0)

    def test_leases_end_once(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        lease = producer.pull()
        lease.push(1)
        with self.assertRaises(bips.LeaseEnded):
            lease.push(1)
        with self.assertRaises(bips.LeaseEnded):
            _ = lease.data
        frame = consumer.pull()
        frame.push()
        with self.assertRaises(bips.LeaseEnded):
            frame.push()
        with self.assertRaises(bips.LeaseEnded):
            _ = frame.data

    def test_too_long_a_push_leaves_the_lease_open(self) -> None:
        producer = self.producer(16)
        lease = producer.pull()
        with self.assertRaisesRegex(ValueError, "17"):
            lease.push(17)
        with self.assertRaisesRegex(ValueError, "-1"):
            lease.push(-1)
        self.assertEqual(lease.push(16), 1)

    def test_buffer_that_was_not_pushed_is_given_back(self) -> None:
        producer = self.producer()
        for _ in range(20):
            with producer.pull(0):
                pass
            producer.pull(0)
        self.assertEqual(producer.statistics.published, 0)

    def test_closed_objects_refuse_and_close_twice(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        for closable in (consumer, producer):
            closable.close()
            closable.close()
            with self.assertRaises(bips.Closed):
                closable.pull(0)

    def test_policies_and_statistics(self) -> None:
        producer = self.producer()
        newest = self.consumer(overflow=bips.Overflow.LATEST, depth=2)
        for i in range(10):
            self.publish(producer, bytes([i]))
        with newest.pull() as frame:
            self.assertEqual(frame.sequence, 9)
            (state,) = producer.consumers()
            self.assertEqual((state.held, state.overflow, state.lost), (1, bips.Overflow.LATEST, 8))
        self.assertEqual((newest.statistics.taken, newest.statistics.lost), (1, 8))

    def test_history_is_there_at_once(self) -> None:
        producer = self.producer(history=3)
        for i in range(5):
            self.publish(producer, bytes([i]))
        self.assertEqual(self.consumer().pull(0).sequence, 3)
        self.assertEqual(self.consumer(history=1).pull(0).sequence, 5)

    def test_several_frames_may_be_held_and_given_back_in_any_order(self) -> None:
        producer = self.producer()
        consumer = self.consumer(maximum_held=3)
        for i in range(3):
            self.publish(producer, bytes([i]))
        frames = [consumer.pull(0) for _ in range(3)]
        frames[1].push()
        frames[0].push()
        self.assertEqual(bytes(frames[2].data), b"\x02")

    def test_producer_and_consumer_may_start_in_any_order(self) -> None:
        def produce() -> None:
            with bips.Producer(self.name, buffer_size=16) as producer:
                while not producer.consumers():
                    time.sleep(0)
                self.publish(producer, b"late")

        thread = threading.Thread(target=produce)
        thread.start()
        consumer = self.consumer(wait_for_pool=10)
        with consumer.pull(10) as frame:
            self.assertEqual(bytes(frame.data), b"late")
        thread.join()


if __name__ == "__main__":
    unittest.main()
