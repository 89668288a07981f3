"""The side that fills buffers."""

from __future__ import annotations

import ctypes
import os
from types import TracebackType
from typing import overload

from . import _abi, _compatibility, _format, _memory, _pool
from ._compatibility import Backends
from ._errors import Closed
from ._write_lease import ProducerHandle, WriteLease


class Producer:
    """Fills the buffers of a pool in place: pull, fill, push. Used by one thread at a time.

    Creates the pool, or takes over one of the same name and sizes whose producer has died, with its consumers.
    """

    @overload
    def __init__(
        self,
        name: str,
        *,
        buffer_size: int,
        buffer_count: int = 8,
        history: int = 1,
        maximum_consumers: int = 16,
        write_leases: int = 1,
        metadata_size: int = 0,
        format: str = "application/octet-stream",
        wait_mode: _pool.WaitMode = _pool.WaitMode.BALANCED,
        evict_stalled_after: float | None = None,
        mode: int = 0o640,
        owner: int | None = None,
        group: int | None = None,
        huge_pages: bool = False,
        lock_memory: bool = False,
        directory: str | os.PathLike[str] | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self, backend: Backends, name: str, buffer_count: int, buffer_size: int, in_order: bool = True, /
    ) -> None: ...

    def __init__(self, first: str | Backends, *ridgerun: object, **options: object) -> None:
        if isinstance(first, Backends):
            first, options = _from_ridgerun(*ridgerun)  # type: ignore[arg-type]
        elif ridgerun:
            raise TypeError("a producer's options are given by name: Producer(name, buffer_size=...)")
        self._create(first, **options)  # type: ignore[arg-type]

    def _create(
        self,
        name: str,
        *,
        buffer_size: int,
        buffer_count: int = 8,
        history: int = 1,
        maximum_consumers: int = 16,
        write_leases: int = 1,
        metadata_size: int = 0,
        format: str = "application/octet-stream",
        wait_mode: _pool.WaitMode = _pool.WaitMode.BALANCED,
        evict_stalled_after: float | None = None,
        mode: int = 0o640,
        owner: int | None = None,
        group: int | None = None,
        huge_pages: bool = False,
        lock_memory: bool = False,
        directory: str | os.PathLike[str] | None = None,
    ) -> None:
        self._handle: ProducerHandle | None = None
        for option, value, most in (
            ("buffer_size", buffer_size, 2**31 - 1),
            ("buffer_count", buffer_count, 4096),
            ("history", history, 4096),
            ("maximum_consumers", maximum_consumers, 64),
            ("write_leases", write_leases, 4096),
            ("metadata_size", metadata_size, 256),
        ):
            if not 0 <= value <= most:
                raise ValueError(f"{option} is {value}; it must be 0 to {most}")
        native = _abi.ProducerOptions(
            ctypes.sizeof(_abi.ProducerOptions),
            buffer_count,
            buffer_size,
            history,
            maximum_consumers,
            write_leases,
            metadata_size,
            int(wait_mode),
            mode,
            0 if evict_stalled_after is None else _abi.nanoseconds(evict_stalled_after),
            -1 if owner is None else owner,
            -1 if group is None else group,
            huge_pages,
            lock_memory,
            format.encode(),
            _abi.optional_text(directory),
        )
        handle = ctypes.c_void_p()
        _abi.check(_abi.producer_create(name.encode(), ctypes.addressof(native), ctypes.addressof(handle)))
        assert handle.value is not None
        self._handle = ProducerHandle(handle.value)
        #: What the pool is.
        self.pool = _pool.read_info(_abi.producer_info, handle.value)
        self._kind = _memory.FrameKind(_memory.block_type(self.pool.buffer_size), _format.parse(self.pool.format))

    def pull(self, timeout: float | None = None) -> WriteLease:
        """Takes a free buffer, waiting for one at most ``timeout`` seconds (None: as long as it takes).

        Raises TimedOut, LeaseLimit, Closed or ForkedChild. Ctrl-C ends the wait within a tenth of a second.
        """
        handle = self._handle
        if handle is None:
            raise Closed("this producer was closed")
        if handle.abandoned:
            self._release_abandoned(handle)
        lease = _abi.Lease()
        left = _abi.FOREVER if timeout is None else _abi.nanoseconds(timeout)
        while True:
            part = left if 0 <= left < _abi.SLICE_NANOSECONDS else _abi.SLICE_NANOSECONDS
            status = _abi.producer_pull(handle.value, part, lease)
            if not status:
                return WriteLease(lease, handle, self._kind)
            left = left if left < 0 else left - part
            if status != _abi.TIMED_OUT or left == 0:
                _abi.fail(status)

    def push(self, lease: WriteLease, length: int | None = None) -> int:
        """The same as ``lease.push(length)``."""
        return lease.push(length)

    @property
    def statistics(self) -> _pool.ProducerStatistics:
        """Counts of the pool."""
        native = _abi.ProducerStatistics(size=ctypes.sizeof(_abi.ProducerStatistics))
        _abi.check(_abi.producer_get_statistics(self._open.value, ctypes.addressof(native)))
        return _pool.ProducerStatistics(
            native.epoch,
            native.published,
            native.waits,
            native.reaped,
            native.evicted_stalled,
            native.evicted_broken,
            bool(native.took_over),
        )

    def consumers(self) -> list[_pool.ConsumerState]:
        """Looks at every attached consumer."""
        native = (_abi.ConsumerStatus * self.pool.maximum_consumers)()
        native[0].size = ctypes.sizeof(_abi.ConsumerStatus)
        count = ctypes.c_uint32()
        _abi.check(
            _abi.producer_consumers(self._open.value, ctypes.addressof(native), len(native), ctypes.addressof(count))
        )
        return [
            _pool.ConsumerState(
                one.lane,
                one.process_id,
                _pool.Overflow(one.overflow),
                one.held,
                bool(one.evicted),
                one.lag,
                one.taken,
                one.lost,
            )
            for one in native[: count.value]
        ]

    def close(self) -> None:
        """Ends the stream: consumers get what was published and then the end. Views of buffers stay valid."""
        handle = self._handle
        if handle is not None:
            self._handle = None
            _abi.producer_end(handle.value)

    def __enter__(self) -> Producer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self.close()

    @property
    def _open(self) -> ProducerHandle:
        if self._handle is None:
            raise Closed("this producer was closed")
        return self._handle

    @staticmethod
    def _release_abandoned(handle: ProducerHandle) -> None:
        while handle.abandoned:
            handle.release(handle.abandoned.pop())

    def Pull(self, timeout: float | None = None) -> WriteLease:
        """RidgeRun's name of ``pull``; the time-out is microseconds."""
        return self.pull(_compatibility.seconds(timeout))

    def Push(self, buffer: WriteLease, timeout: float | None = None) -> None:
        """RidgeRun's name of ``push``; a push never waits, so there is nothing to time out."""
        buffer.push()


def _from_ridgerun(name: str, buffer_count: int, buffer_size: int, in_order: bool = True) -> tuple[str, dict[str,
    object]]:
    """Bips always delivers in order, so both values of the last argument get what they ask for."""
    return _compatibility.pool_name(name), {"buffer_count": buffer_count, "buffer_size": buffer_size}
