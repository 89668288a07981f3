"""Statuses of the C ABI as exceptions."""

from __future__ import annotations

#: ``BIPS_E_HANDLE``: a handle that was closed, and so has no class of its own here.
_HANDLE = -16


class BipsError(Exception):
    """A call failed; the text says what was asked, what was found and what to do."""

    #: The ``bips_status`` of the C ABI.
    status = 0


class TimedOut(BipsError, TimeoutError):
    """No frame (consumer) or no free buffer (producer) within the time given."""

    status = 1


class EndOfStream(BipsError, EOFError):
    """The producer ended the stream and every frame of it has been taken."""

    status = 2


class ProducerLost(BipsError, ConnectionError):
    """The producer died; its published frames were delivered. Pull again to wait for a successor."""

    status = 3


class PoolReplaced(BipsError, ConnectionError):
    """Another producer made a new pool under this name: open it again."""

    status = 4


class Evicted(BipsError, ConnectionError):
    """The producer evicted this consumer, which had stalled: open again to go on."""

    status = 5


class PoolNotFound(BipsError, FileNotFoundError):
    """No pool has this name, or none became ready in the time given."""

    status = -2


class NotAPool(BipsError):
    """A file of this name exists and is not a pool."""

    status = -3


class Incompatible(BipsError):
    """The pool has another layout version, byte order or word width."""

    status = -4


class Corrupt(BipsError):
    """The pool contradicts itself."""

    status = -5


class AccessDenied(BipsError, PermissionError):
    """This user may not open, create or replace the pool."""

    status = -6


class NoSpace(BipsError, OSError):
    """The file system cannot hold the pool."""

    status = -7


class ProducerActive(BipsError):
    """Another live producer has this pool."""

    status = -8


class ProducerGone(ProducerLost):
    """The pool is there, but its producer died before this consumer attached."""

    status = -9


class TooManyConsumers(BipsError):
    """Every lane of the pool is taken by a live consumer."""

    status = -10


class PoolTooSmall(BipsError):
    """The producer could be left without a buffer."""

    status = -11


class LeaseLimit(BipsError):
    """More frames are held than was asked for; a view of an earlier frame may still be alive."""

    status = -12


class LeaseEnded(BipsError):
    """The frame or buffer was given back before."""

    status = -13


class ForkedChild(BipsError):
    """This process was forked from one that uses Bips: use the ``spawn`` start method instead."""

    status = -14


class InvalidArgument(BipsError, ValueError):
    """An argument is out of range."""

    status = -15


class Closed(BipsError, ValueError):
    """The producer or consumer was closed, before or during the call."""

    status = -18


class Busy(BipsError, RuntimeError):
    """Another thread is inside a call of the same object."""

    status = -19


class PoolMismatch(BipsError, ValueError):
    """The pool has another number or size of buffers than this consumer was told."""


def _by_status() -> dict[int, type[BipsError]]:
    found: dict[int, type[BipsError]] = {}
    pending: list[type[BipsError]] = [BipsError]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if kind.status:
            found[kind.status] = kind
    found[_HANDLE] = Closed
    return found


_KINDS = _by_status()

_WORDS = {
    TimedOut.status: "nothing came within the time-out",
    EndOfStream.status: "the stream has ended: its producer closed it and every frame was taken",
    ProducerLost.status: "the producer died; pull again to wait for another to take the pool over",
    PoolReplaced.status: "another pool has this name now; open it again",
    Evicted.status: "the producer evicted this consumer because it stalled; open again to go on",
    LeaseLimit.status: "as many leases are open as were asked for: push one first, let go of the last view "
    "(memoryview, "
    "array, tensor) of an earlier frame, or ask for more with maximum_held (a producer: write_leases)",
}


def make(status: int, text: str) -> BipsError:
    """The exception for a status that is not zero."""
    error = _KINDS.get(status, BipsError)(_WORDS.get(status) or text)
    error.status = status
    return error
