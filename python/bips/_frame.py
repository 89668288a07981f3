"""The consumer's right to read one frame."""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _abi, _memory
from ._errors import LeaseEnded

if TYPE_CHECKING:
    import numpy


class ReadLease(_abi.Lease):
    """A taken frame. Given back when nothing refers to it any more: neither its Frame nor a view of its bytes."""

    def __del__(self, push: Any = _abi.consumer_push) -> None:
        if self.data:
            push(self.owner, self)


def _given_back() -> LeaseEnded:
    return LeaseEnded("this frame was given back; use its views, or pull the next one")


class Frame(_memory.Exporter):
    """One frame, readable in place; ``with`` it, or ``push`` it, or let go of it.

    A view made of it (``data``, an array,
        a tensor) stays valid for as long as it lives, also after the frame was pushed: the
    buffer then goes back to the producer when the last view is gone.
    """

    __slots__ = ("_block", "_kind", "_lease", "_view")

    def __init__(self, lease: ReadLease, kind: _memory.FrameKind) -> None:
        self._lease: ReadLease | None = lease
        self._kind = kind
        self._block: ctypes.Array[ctypes.c_ubyte] | None = None
        self._view: memoryview | None = None

    @property
    def data(self) -> memoryview:
        """The payload in shared memory, read-only."""
        if self._view is None:
            self._view = _memory.view(self._memory(), self._open.length, writable=False)
        return self._view

    @property
    def metadata(self) -> memoryview:
        """The pool's number of bytes of user metadata, read-only; zero where the producer wrote nothing."""
        lease = self._open
        if not lease.metadata_size:
            return memoryview(b"")
        memory = _memory.block(_memory.block_type(lease.metadata_size), lease.metadata, lease)
        self._block = self._block or memory
        return _memory.view(memory, lease.metadata_size, writable=False)

    @property
    def sequence(self) -> int:
        """Number of the publication in this pool, from 1; a gap is a loss."""
        return self._open.sequence

    @property
    def timestamp(self) -> int:
        """Nanoseconds on CLOCK_MONOTONIC (``time.monotonic_ns``) at the push, unless the producer gave another time."""
        return self._open.timestamp

    @property
    def flags(self) -> int:
        """What the producer passed to its push."""
        return self._open.flags

    @property
    def buffer_index(self) -> int:
        """Which of the pool's buffers this is."""
        return self._open.buffer_index

    def __len__(self) -> int:
        return self._open.length

    def array(self) -> numpy.ndarray[Any, Any]:
        """A read-only NumPy array over the payload; shape and dtype follow from the pool's format for raw video."""
        return _memory.array(self.data, self._open.length, self._kind.video)

    def push(self) -> None:
        """Gives the frame back, or leaves that to the last view of it that is alive."""
        lease = self._lease
        if lease is None:
            raise _given_back()
        self._lease = None
        if self._block is not None:
            self._view = None
            self._block = None
        elif status := _abi.consumer_push(lease.owner, lease):
            _abi.fail(status)

    def __enter__(self) -> Frame:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lease is not None:
            self.push()

    @property
    def _open(self) -> ReadLease:
        lease = self._lease
        if lease is None:
            raise _given_back()
        return lease

    def _memory(self) -> ctypes.Array[ctypes.c_ubyte]:
        lease = self._open
        if self._block is None or len(self._block) != self._kind.block._length_:
            self._block = _memory.block(self._kind.block, lease.data, lease)
        return self._block

    def _writable_array(self) -> numpy.ndarray[Any, Any]:
        return _memory.array(self._memory(), self._open.length, self._kind.video)
