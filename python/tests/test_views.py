"""Views of shared memory: where they point, what they allow, and how long they live."""

import ctypes
import gc
import os
import random
import signal
import subprocess
import sys
import unittest

import numpy as np

import bips

from .pool_case import PoolCase

try:
    import torch
except ImportError:
    torch = None


def address(view: memoryview) -> int:
    """Of a read-only view too, which ctypes refuses to look at."""
    return np.frombuffer(view, np.uint8).ctypes.data


class Views(PoolCase):
    def test_every_view_has_the_address_of_the_frame(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"0123456789")
        with consumer.pull() as frame:
            lease = frame._lease
            assert lease is not None
            start = lease.data
            self.assertEqual(start % 4096, 0)
            self.assertEqual(address(frame.data), start)
            self.assertEqual(np.asarray(frame).ctypes.data, start)
            self.assertEqual(frame.array().ctypes.data, start)
            self.assertEqual(np.frombuffer(frame.data, "u1").ctypes.data, start)
            if torch is not None:
                self.assertEqual(torch.from_dlpack(frame).data_ptr(), start)

    def test_consumers_arrays_are_read_only(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"abc")
        with consumer.pull() as frame:
            for view in (np.asarray(frame), frame.array(), np.frombuffer(frame.data, "u1")):
                self.assertFalse(view.flags.writeable)
                with self.assertRaises(ValueError):
                    view[0] = 1
                with self.assertRaises(ValueError):
                    view.flags.writeable = True
            with self.assertRaises(TypeError):
                frame.data[0] = 1

    def test_views_that_outlive_the_frame_keep_its_bytes(self) -> None:
        producer = self.producer(buffer_count=4)
        consumer = self.consumer(maximum_held=2)
        self.publish(producer, b"first")
        with consumer.pull() as frame:
            array = np.asarray(frame)[1:]
            view = frame.data[:3]
        for _ in range(20):
            self.publish(producer, b"later")
            consumer.pull().push()
            gc.collect()
        self.assertEqual(bytes(array), b"irst")
        self.assertEqual(bytes(view), b"fir")
        self.assertEqual(producer.consumers()[0].held, 1)
        del array
        gc.collect()
        self.assertEqual(producer.consumers()[0].held, 1)
        del view
        gc.collect()
        self.assertEqual(producer.consumers()[0].held, 0)

    def test_views_outlive_consumer_producer_and_name(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"survivor")
        frame = consumer.pull()
        array, metadata = np.asarray(frame), frame.metadata
        del frame
        consumer.close()
        producer.close()
        del consumer, producer
        self.doCleanups()
        for _ in range(10):
            gc.collect()
        self.assertEqual(bytes(array), b"survivor")
        self.assertEqual(bytes(metadata), b"")

    def test_a_forgotten_view_explains_why_nothing_can_be_pulled(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"a")
        self.publish(producer, b"b")
        with consumer.pull() as frame:
            kept = frame.array()
        with self.assertRaisesRegex(bips.LeaseLimit, "view"):
            consumer.pull(0)
        del kept
        consumer.pull(0).push()

    def test_views_of_a_pushed_buffer_can_no_longer_write(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        lease = producer.pull()
        array, asarray, data = lease.array(), np.asarray(lease), lease.data
        array[:4] = 1
        asarray[4:8] = 2
        data[8] = 3
        lease.push(16)
        for written in (array, asarray):
            with self.assertRaises(ValueError):
                written[0] = 9
        with self.assertRaises(ValueError):
            data[0] = 9
        with consumer.pull() as frame:
            self.assertEqual(bytes(frame.data[:9]), bytes([1, 1, 1, 1, 2, 2, 2, 2, 3]))

    def test_views_of_a_buffer_outlive_the_producer(self) -> None:
        producer = self.producer()
        lease = producer.pull()
        array = lease.array()
        derived = array[:2]
        array[:2] = 5
        lease.push(2)
        producer.close()
        del producer, lease
        self.doCleanups()
        gc.collect()
        self.assertEqual(derived.tolist(), [5, 5])

    def test_views_under_repeated_collection(self) -> None:
        producer = self.producer(buffer_count=12)
        consumer = self.consumer(maximum_held=8)
        chosen = random.Random(4)
        kept: list[tuple[int, object]] = []
        for i in range(2000):
            self.publish(producer, i.to_bytes(4, "little") * 8)
            frame = consumer.pull(1)
            kinds = [frame.data, frame.array(), np.asarray(frame)[:]]
            if torch is not None:
                kinds.append(torch.from_dlpack(frame))
            kept.append((i, chosen.choice(kinds)))
            del kinds, frame
            if len(kept) > 6:
                kept.pop(chosen.randrange(len(kept)))
            if i % 50 == 0:
                gc.collect()
            for number, view in kept:
                self.assertEqual(bytes(np.asarray(view))[:4], number.to_bytes(4, "little"))
        del view
        kept.clear()
        gc.collect()
        self.assertEqual(producer.consumers()[0].held, 0)


class Formats(PoolCase):
    def layout(self, format: str, length: int) -> np.ndarray:
        producer = self.producer(length, format=format)
        consumer = self.consumer()
        self.publish(producer, bytes(i % 251 for i in range(length)))
        return consumer.pull().array()

    def test_packed_rgb(self) -> None:
        array = self.layout("video/x-raw,format=BGR,width=8,height=4,framerate=30/1", 96)
        self.assertEqual((array.shape, array.dtype), ((4, 8, 3), np.uint8))
        self.assertEqual(array[1, 2, 1], 8 * 3 + 2 * 3 + 1)

    def test_rows_padded_as_gstreamer_does(self) -> None:
        array = self.layout("video/x-raw, format=(string)RGB, width=(int)3, height=(int)2", 24)
        self.assertEqual((array.shape, array.strides), ((2, 3, 3), (12, 3, 1)))
        self.assertEqual(array[1, 0, 0], 12)

    def test_sixteen_bit_gray(self) -> None:
        array = self.layout("video/x-raw,format=GRAY16_LE,width=4,height=2", 16)
        self.assertEqual((array.shape, array.dtype), ((2, 4), np.uint16))
        self.assertEqual(array[0, 1], 2 + 3 * 256)

    def test_planar(self) -> None:
        self.assertEqual(self.layout("video/x-raw,format=I420,width=4,height=4", 24).shape, (6, 4))

    def test_four_channels(self) -> None:
        self.assertEqual(self.layout("video/x-raw,format=RGBA,width=5,height=2", 40).shape, (2, 5, 4))

    def test_anything_else_is_bytes(self) -> None:
        self.assertEqual(self.layout("application/octet-stream", 10).shape, (10,))

    def test_unknown_video_is_bytes(self) -> None:
        self.assertEqual(self.layout("video/x-raw,format=v210,width=4,height=4", 10).shape, (10,))

    def test_frame_that_does_not_fit_its_format(self) -> None:
        with self.assertRaisesRegex(ValueError, "95 bytes and 8 x 4 BGR has 96"):
            self.layout("video/x-raw,format=BGR,width=8,height=4", 95)

    def test_producers_array_has_the_shape_too(self) -> None:
        producer = self.producer(96, format="video/x-raw,format=BGR,width=8,height=4")
        with producer.pull() as lease:
            array = lease.array()
            array[...] = np.arange(96, dtype=np.uint8).reshape(4, 8, 3)
            lease.push()
        del array
        self.assertEqual(self.consumer().pull().data[95], 95)


@unittest.skipIf(torch is None, "PyTorch is not installed")
class Tensors(PoolCase):
    def test_tensor_outlives_frame_and_consumer(self) -> None:
        producer = self.producer()
        consumer = self.consumer()
        self.publish(producer, b"tensor")
        with consumer.pull() as frame:
            tensor = torch.from_dlpack(frame)
        consumer.close()
        producer.close()
        for _ in range(10):
            gc.collect()
        self.assertEqual(bytes(tensor.tolist()), b"tensor")

    def test_tensor_has_the_shape_of_the_video(self) -> None:
        producer = self.producer(96, format="video/x-raw,format=BGR,width=8,height=4")
        self.publish(producer, bytes(96))
        with self.consumer().pull() as frame:
            self.assertEqual(tuple(torch.from_dlpack(frame).shape), (4, 8, 3))

    def test_writing_into_a_consumers_tensor_ends_the_writer_and_changes_nothing(self) -> None:
        producer = self.producer()
        self.publish(producer, b"untouched")
        consumer = self.consumer()
        program = f"import bips, torch; torch.from_dlpack(bips.Consumer({self.name!r}).pull(1))[0] = 1"
        child = subprocess.run([sys.executable, "-c", program], stderr=subprocess.DEVNULL, check=False)
        self.assertEqual(child.returncode, -signal.SIGSEGV)
        self.assertEqual(bytes(consumer.pull(1).data), b"untouched")

    def test_producers_tensor_writes_the_buffer(self) -> None:
        producer = self.producer(16)
        with producer.pull() as lease:
            torch.from_dlpack(lease)[:4] = torch.tensor([1, 2, 3, 4], dtype=torch.uint8)
            lease.push(4)
        self.assertEqual(bytes(self.consumer().pull().data), b"\1\2\3\4")


if __name__ == "__main__":
    unittest.main()
