"""Signals, threads and other processes."""

import _thread
import asyncio
import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
import time
import unittest

import bips

from .pool_case import PoolCase


def run_python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Waiting(PoolCase):
    def interrupted(self, wait: object) -> None:
        """Ctrl-C a moment after the wait has begun."""
        begun = threading.Event()

        def interrupt() -> None:
            begun.wait()
            _thread.interrupt_main()

        thread = threading.Thread(target=interrupt)
        thread.start()
        start = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            begun.set()
            wait()  # type: ignore[operator]
        thread.join()
        self.assertLess(time.monotonic() - start, 5)

    def test_keyboard_interrupt_ends_a_consumers_wait_and_loses_nothing(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.interrupted(consumer.pull)
        self.publish(producer, b"kept")
        self.assertEqual(bytes(consumer.pull(1).data), b"kept")

    def test_keyboard_interrupt_ends_a_producers_wait(self) -> None:
        producer = self.producer(buffer_count=3)
        consumer = self.consumer()
        for _ in range(3):
            self.publish(producer, b"x")
        self.interrupted(producer.pull)
        consumer.pull().push()
        producer.pull(1).push(1)

    def test_keyboard_interrupt_ends_the_wait_for_a_pool(self) -> None:
        self.interrupted(lambda: bips.Consumer(self.name, wait_for_pool=None))

    def test_other_threads_run_during_a_wait(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        taken = []
        thread = threading.Thread(target=lambda: taken.append(bytes(consumer.pull(10).data)))
        thread.start()
        self.publish(producer, b"x")
        thread.join()
        self.assertEqual(taken, [b"x"])

    def test_close_in_another_thread_ends_a_wait(self) -> None:
        self.producer()
        consumer = self.consumer()
        errors: list[BaseException] = []

        def wait() -> None:
            try:
                consumer.pull()
            except bips.Closed as e:
                errors.append(e)

        thread = threading.Thread(target=wait)
        thread.start()
        consumer.close()
        thread.join(10)
        self.assertEqual(len(errors), 1)

    def test_lease_dropped_while_another_thread_waits_comes_back(self) -> None:
        producer = self.producer(buffer_count=4, write_leases=2)
        consumer = self.consumer()
        lease: bips.WriteLease | None = producer.pull()
        for _ in range(3):
            self.publish(producer, b"x")
        waiting = threading.Thread(target=lambda: producer.pull(10).push(1))
        waiting.start()
        while producer_waits(consumer) == 0:
            time.sleep(0)
        lease = None
        consumer.pull().push()
        waiting.join()
        consumer.pull().push()
        producer.pull(1)
        self.assertIsNone(lease)


def producer_waits(consumer: bips.Consumer) -> int:
    """The word that the producer sets before it sleeps, read from the pool itself."""
    with open(f"/dev/shm/bips.{consumer.pool.name}", "rb") as pool:
        pool.seek(4096 + 0x80)
        return int.from_bytes(pool.read(4), "little")


class Fork(PoolCase):
    def test_forked_child_is_told_to_spawn_and_the_parent_goes_on(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"before")
        frame = consumer.pull()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            texts = []
            for call in (lambda: consumer.pull(0), lambda: producer.pull(0), lambda: bips.Consumer(self.name)):
                try:
                    call()
                    texts.append("no error")
                except bips.ForkedChild as e:
                    texts.append("spawn" if "spawn" in str(e) else str(e))
            texts.append(bytes(frame.data).decode())
            frame = consumer = producer = None  # type: ignore[assignment]
            os.write(writer, ",".join(texts).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as result:
            self.assertEqual(result.read(), "spawn,spawn,spawn,before")
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        frame.push()
        self.publish(producer, b"after")
        self.assertEqual(bytes(consumer.pull(1).data), b"after")

    def test_forked_child_may_not_wait_in_a_loop_of_its_own_and_that_of_the_parent_goes_on(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        descriptor = consumer.fileno()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            texts = []
            for call in (consumer.fileno, lambda: asyncio.run(consumer.pull_async())):
                try:
                    call()
                    texts.append("no error")
                except bips.ForkedChild:
                    texts.append("refused")
            os.write(writer, ",".join(texts).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as result:
            self.assertEqual(result.read(), "refused,refused")
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(select.select([descriptor], [], [], 0)[0], [])
        self.publish(producer, b"after")
        self.assertEqual(select.select([descriptor], [], [], 5)[0], [descriptor])
        self.assertEqual(bytes(asyncio.run(consumer.pull_async()).data), b"after")

    def test_children_that_outlive_a_killed_parent_keep_neither_its_buffers_nor_its_pool(self) -> None:
        """A data loader's workers are such children: forked while the parent has the pool open."""
        program = """
            import os, sys, time, bips
            end = getattr(bips, sys.argv[1])(sys.argv[2], **({"buffer_size": 16} if sys.argv[1] == "Producer" else {}))
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            print(child, flush=True)
            time.sleep(60)
        """

        def forked_and_killed(kind: str, name: str) -> None:
            parent = run_python(program, kind, name)
            child = int(parent.stdout.readline())
            self.addCleanup(os.kill, child, signal.SIGKILL)  # fails unless it still lives
            parent.kill()
            parent.wait()
            parent.stdout.close()
            parent.stdin.close()

        producer = self.producer()
        forked_and_killed("Consumer", self.name)
        for _ in range(2 * producer.pool.buffer_count):
            producer.pull(5).push(1)
        self.assertEqual(producer.consumers(), [])
        producer.close()
        forked_and_killed("Producer", self.name)
        self.producer().pull(0).push(1)  # the name is free

    def test_child_of_a_parent_that_only_imported_bips_works(self) -> None:
        program = """
            import os, sys, bips
            child = os.fork()
            if child == 0:
                with bips.Producer(sys.argv[1], buffer_size=16) as producer:
                    producer.pull().push(1)
                os._exit(0)
            print(os.waitpid(child, 0)[1])
        """
        child = run_python(program, self.name)
        self.assertEqual(child.communicate(timeout=30)[0].strip(), "0")

    def test_multiprocessing_with_spawn_works(self) -> None:
        import multiprocessing

        producer = self.producer()
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            answer = pool.apply_async(read_one, (self.name,))
            while not producer.consumers():
                time.sleep(0)
            self.publish(producer, b"spawned")
            self.assertEqual(answer.get(30), b"spawned")


def read_one(name: str) -> bytes:
    with bips.Consumer(name) as consumer, consumer.pull(10) as frame:
        return bytes(frame.data)


class Death(PoolCase):
    def test_killed_producer_is_told_and_its_successor_goes_on(self) -> None:
        program = """
            import sys, bips
            producer = bips.Producer(sys.argv[1], buffer_size=4096)
            lease = producer.pull(); lease.data[:4] = b"last"; lease.push(4)
            half = producer.pull(); half.data[:4] = b"half"
            print("ready", flush=True); sys.stdin.read()
        """
        child = run_python(program, self.name)
        assert child.stdout is not None
        self.assertEqual(child.stdout.readline().strip(), "ready")
        consumer = self.consumer()
        child.send_signal(signal.SIGKILL)
        child.communicate()
        self.assertEqual(bytes(consumer.pull(1).data), b"last")
        with self.assertRaises(bips.ProducerLost):
            consumer.pull(5)
        producer = self.producer()
        self.assertTrue(producer.statistics.took_over)
        self.publish(producer, b"next")
        with consumer.pull(1) as frame:
            self.assertEqual((bytes(frame.data), frame.sequence), (b"next", 2))


class Compatibility(PoolCase):
    def test_ridgeruns_documented_calls(self) -> None:
        name = "/" + self.name
        producer = bips.Producer(bips.Backends.kShm, name, 10, 1024, True)
        consumer = bips.Consumer(bips.Backends.kShm, name, 10, 1024, True)
        buffer = producer.Pull()
        buffer.data[:5] = b"hello"
        producer.Push(buffer)
        buffer = consumer.Pull()
        self.assertEqual(bytes(buffer.data[:5]), b"hello")
        self.assertEqual(len(buffer.data), 1024)
        consumer.Push(buffer)
        start = time.monotonic()
        with self.assertRaises(TimeoutError):
            consumer.Pull(50_000)
        self.assertTrue(0.05 <= time.monotonic() - start < 10)
        buffer = producer.Pull(1_000_000)
        producer.Push(buffer, 1_000_000)
        consumer.Push(consumer.Pull(1_000_000), 1_000_000)

    def test_disagreeing_count_or_size_is_a_clear_error(self) -> None:
        producer = bips.Producer(bips.Backends.kShm, "/" + self.name, 10, 1024, True)
        for count, size in ((9, 1024), (10, 1025)):
            with self.assertRaisesRegex(bips.PoolMismatch, f"10 buffers of 1024 bytes .* {count} of {size}"):
                bips.Consumer(bips.Backends.kShm, "/" + self.name, count, size, True)
        self.assertEqual(producer.consumers(), [])

    def test_consumer_may_be_opened_before_its_producer(self) -> None:
        opened = []
        thread = threading.Thread(
            target=lambda: opened.append(bips.Consumer(bips.Backends.kShm, "/" + self.name, 10, 1024, False))
        )
        thread.start()
        producer = bips.Producer(bips.Backends.kShm, "/" + self.name, 10, 1024, False)
        thread.join()
        producer.Push(producer.Pull())
        opened[0].Push(opened[0].Pull())


if __name__ == "__main__":
    unittest.main()
