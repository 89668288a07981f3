"""The producer's right to fill one buffer."""

from __future__ import annotations

import contextlib
import ctypes
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _abi, _memory
from ._errors import LeaseEnded

if TYPE_CHECKING:
    import numpy


class ProducerHandle:
    """A producer of the C ABI. The buffers stay mapped while anything refers to this, views of them included."""

    __slots__ = ("abandoned", "value")

    def __init__(self, value: int) -> None:
        self.value = value
        #: Leases that were dropped while another thread was inside a call; the next pull gives them back.
        self.abandoned: list[_abi.Lease] = []

    def release(self, lease: _abi.Lease, release: Any = _abi.producer_release) -> None:
        if release(self.value, lease) == _abi.BUSY:
            self.abandoned.append(lease)

    def __del__(self, close: Any = _abi.producer_close) -> None:
        close(self.value)


def _given_back() -> LeaseEnded:
    return LeaseEnded("this buffer was pushed or given back; pull another one")


class WriteLease(_memory.Exporter):
    """One buffer to fill in place. ``push`` publishes it; let go of it, or leave its ``with``, to give it back
    unpublished.

    After the push ``data`` is released and arrays from ``array`` are read-only: the memory is being read by others.
    """

    __slots__ = ("_arrays", "_handle", "_kind", "_lease", "_memory_block", "_view", "flags", "timestamp")

    def __init__(self, lease: _abi.Lease, handle: ProducerHandle, kind: _memory.FrameKind) -> None:
        self._lease: _abi.Lease | None = lease
        self._handle = handle
        self._kind = kind
        self._memory_block: ctypes.Array[ctypes.c_ubyte] | None = None
        self._view: memoryview | None = None
        self._arrays: list[weakref.ref[Any]] | None = None
        #: Anything; consumers get it with the frame.
        self.flags = 0
        #: Nanoseconds on CLOCK_MONOTONIC, such as the time of capture; None for the instant of the push.
        self.timestamp: int | None = None

    @property
    def data(self) -> memoryview:
        """The whole buffer in shared memory; what it contains at first is undefined."""
        if self._view is None:
            self._view = _memory.view(self._memory(), self._open.capacity, writable=True)
        return self._view

    @property
    def metadata(self) -> memoryview:
        """User metadata of the frame, all zero at first."""
        lease = self._open
        if not lease.metadata_size:
            return memoryview(b"")
        kind = _memory.block_type(lease.metadata_size)
        return _memory.view(_memory.block(kind, lease.metadata, self._handle), lease.metadata_size, writable=True)

    @property
    def buffer_index(self) -> int:
        """Which of the pool's buffers this is."""
        return self._open.buffer_index

    def __len__(self) -> int:
        return self._open.capacity

    def array(self) -> numpy.ndarray[Any, Any]:
        """A NumPy array over the buffer; shape and dtype follow from the pool's format for raw video."""
        found = self._writable_array()
        if self._arrays is None:
            self._arrays = []
        self._arrays.append(weakref.ref(found))
        return found

    def push(self, length: int | None = None) -> int:
        """Publishes the first ``length`` bytes (by default all) as the next frame and returns its sequence."""
        lease = self._lease
        if lease is None:
            raise _given_back()
        if length is not None:
            if length < 0:
                raise ValueError(f"the length is {length}; it must be 0 to {lease.capacity}")
            lease.length = length
        if self.flags:
            lease.flags = self.flags
        if self.timestamp is not None:
            lease.timestamp = self.timestamp
        status = _abi.producer_push(self._handle.value, lease)
        if status:
            _abi.fail(status)
        self._lease = None
        if self._memory_block is not None:
            self._close_views()
        return lease.sequence

    def release(self) -> None:
        """Gives the buffer back unpublished; nothing happens if it was pushed or given back before."""
        lease = self._lease
        if lease is not None:
            self._lease = None
            self._close_views()
            self._handle.release(lease)

    def __enter__(self) -> WriteLease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def __del__(self) -> None:
        if self._lease is not None:
            self.release()

    @property
    def _open(self) -> _abi.Lease:
        lease = self._lease
        if lease is None:
            raise _given_back()
        return lease

    def _memory(self) -> ctypes.Array[ctypes.c_ubyte]:
        lease = self._open
        if self._memory_block is None:
            self._memory_block = _memory.block(self._kind.block, lease.data, self._handle)
        return self._memory_block

    def _writable_array(self) -> numpy.ndarray[Any, Any]:
        capacity = self._open.capacity
        return _memory.array(self._memory(), capacity, self._kind.video)

    def _close_views(self) -> None:
        if self._view is not None:
            # A view that something else still uses cannot be released; it stays readable and nobody is hurt.
            with contextlib.suppress(BufferError):
                self._view.release()
        for reference in self._arrays or ():
            found = reference()
            if found is not None:
                found.flags.writeable = False
