"""The side that reads frames."""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import overload

from . import _abi, _compatibility, _errors, _format, _memory, _pool
from ._compatibility import Backends
from ._frame import Frame, ReadLease


class Consumer:
    """Reads the frames of a pool in place: pull, read, push. Pulled by one thread at a time.

    Iteration yields every frame until the end of the stream and gives each back before it pulls the next.
    """

    @overload
    def __init__(
        self,
        name: str,
        *,
        overflow: _pool.Overflow = _pool.Overflow.BLOCK,
        depth: int = 1,
        maximum_held: int = 1,
        history: int | None = None,
        wait_for_pool: float | None = 0.0,
        producer_grace: float | None = 0.0,
        wait_mode: _pool.WaitMode = _pool.WaitMode.BALANCED,
        prefault: bool = True,
        directory: str | os.PathLike[str] | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self, backend: Backends, name: str, buffer_count: int, buffer_size: int, in_order: bool = True, /
    ) -> None: ...

    def __init__(self, first: str | Backends, *ridgerun: object, **options: object) -> None:
        if isinstance(first, Backends):
            self._open_as_ridgerun(*ridgerun)  # type: ignore[arg-type]
        elif ridgerun:
            raise TypeError("a consumer's options are given by name: Consumer(name, overflow=...)")
        else:
            self._attach(first, **options)  # type: ignore[arg-type]

    def _attach(
        self,
        name: str,
        *,
        overflow: _pool.Overflow = _pool.Overflow.BLOCK,
        depth: int = 1,
        maximum_held: int = 1,
        history: int | None = None,
        wait_for_pool: float | None = 0.0,
        producer_grace: float | None = 0.0,
        wait_mode: _pool.WaitMode = _pool.WaitMode.BALANCED,
        prefault: bool = True,
        directory: str | os.PathLike[str] | None = None,
    ) -> None:
        self._handle = 0
        for option, value in (("maximum_held", maximum_held), ("depth", depth)):
            if not 1 <= value < 2**31:
                raise ValueError(f"{option} is {value}; it must be at least 1")
        native = _abi.ConsumerOptions(
            ctypes.sizeof(_abi.ConsumerOptions),
            int(overflow),
            depth,
            maximum_held,
            -1 if history is None else history,
            0,
            _abi.nanoseconds(producer_grace),
            int(wait_mode),
            not prefault,
            _abi.optional_text(directory),
        )
        self._handle = _wait_for_pool(name, native, _abi.nanoseconds(wait_for_pool))
        #: What the pool is.
        self.pool = _pool.read_info(_abi.consumer_info, self._handle)
        self._kind = _memory.FrameKind(_memory.block_type(self.pool.buffer_size), _format.parse(self.pool.format))

    def pull(self, timeout: float | None = None) -> Frame:
        """Takes the next frame, waiting for one at most ``timeout`` seconds (None: as long as it takes).

        Raises TimedOut, EndOfStream, ProducerLost, PoolReplaced, Evicted, LeaseLimit, Closed or ForkedChild. Ctrl-C
        ends the wait within a tenth of a second.
        """
        lease = ReadLease()
        left = _abi.FOREVER if timeout is None else _abi.nanoseconds(timeout)
        while True:
            part = left if 0 <= left < _abi.SLICE_NANOSECONDS else _abi.SLICE_NANOSECONDS
            status = _abi.consumer_pull(self._handle, part, lease)
            if not status:
                return Frame(lease, self._kind)
            left = left if left < 0 else left - part
            if status != _abi.TIMED_OUT or left == 0:
                _abi.fail(status)

    def try_pull(self) -> Frame | None:
        """Takes the next frame if there is one now."""
        try:
            return self.pull(0)
        except _errors.TimedOut:
            return None

    async def pull_async(self) -> Frame:
        """``pull`` for asyncio: other tasks run while it waits. Cancelled, it loses no frame."""
        loop = asyncio.get_running_loop()
        descriptor = self.fileno()
        while True:
            frame = self.try_pull()
            if frame is not None:
                return frame
            readable: asyncio.Future[None] = loop.create_future()
            loop.add_reader(descriptor, _resolve, readable)
            try:
                await readable
            finally:
                loop.remove_reader(descriptor)

    def fileno(self) -> int:
        """A descriptor for ``select``, ``selectors`` and event loops: readable while ``pull(0)`` would not time out.

        It may be readable once too often, so pull with a time-out of 0.
        """
        descriptor = ctypes.c_int()
        _abi.check(_abi.consumer_fd(self._handle, ctypes.addressof(descriptor)))
        return descriptor.value

    def push(self, frame: Frame) -> None:
        """The same as ``frame.push()``."""
        frame.push()

    @property
    def statistics(self) -> _pool.ConsumerStatistics:
        """Counts of this consumer; a loss is counted by the pull that finds it."""
        native = _abi.ConsumerStatistics(size=ctypes.sizeof(_abi.ConsumerStatistics))
        _abi.check(_abi.consumer_get_statistics(self._handle, ctypes.addressof(native)))
        return _pool.ConsumerStatistics(native.lane, native.taken, native.lost)

    def close(self) -> None:
        """Detaches. Frames that are still held, and views of them, stay valid."""
        handle, self._handle = self._handle, 0
        if handle:
            _abi.consumer_close(handle)

    def __iter__(self) -> Iterator[Frame]:
        while True:
            try:
                frame = self.pull()
            except _errors.EndOfStream:
                return
            try:
                yield frame
            finally:
                frame.__exit__(None, None, None)
                del frame

    async def __aiter__(self) -> AsyncIterator[Frame]:
        while True:
            try:
                frame = await self.pull_async()
            except _errors.EndOfStream:
                return
            try:
                yield frame
            finally:
                frame.__exit__(None, None, None)
                del frame

    def __enter__(self) -> Consumer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", 0):
            self.close()

    def Pull(self, timeout: float | None = None) -> Frame:
        """RidgeRun's name of ``pull``; the time-out is microseconds."""
        return self.pull(_compatibility.seconds(timeout))

    def Push(self, buffer: Frame, timeout: float | None = None) -> None:
        """RidgeRun's name of ``push``; a push never waits, so there is nothing to time out."""
        buffer.push()

    def _open_as_ridgerun(self, name: str, buffer_count: int, buffer_size: int, in_order: bool = True) -> None:
        """Bips always delivers in order, so both values of the last argument get what they ask for."""
        self._attach(_compatibility.pool_name(name), wait_for_pool=_compatibility.WAIT_FOR_POOL_SECONDS)
        found = self.pool
        if (found.buffer_count, found.buffer_size) != (buffer_count, buffer_size):
            self.close()
            raise _errors.PoolMismatch(
                f"pool '{found.name}' has {found.buffer_count} buffers of {found.buffer_size} bytes and this consumer "
                f"asks "
                f"for {buffer_count} of {buffer_size}: use the producer's numbers, or Consumer({found.name!r}), which "
                "needs to know nothing but the name"
            )


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _wait_for_pool(name: str, native: _abi.ConsumerOptions, left: int) -> int:
    """Opens, in slices, so that Ctrl-C is seen while the pool is not there yet."""
    handle = ctypes.c_void_p()
    while True:
        native.wait_for_pool = left if 0 <= left < _abi.SLICE_NANOSECONDS else _abi.SLICE_NANOSECONDS
        status = _abi.consumer_open(name.encode(), ctypes.addressof(native), ctypes.addressof(handle))
        if not status:
            assert handle.value is not None
            return handle.value
        left = left if left < 0 else left - native.wait_for_pool
        if status not in (_errors.PoolNotFound.status, _errors.ProducerGone.status) or left == 0:
            _abi.fail(status)
