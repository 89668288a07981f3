"""What pools are and what can be asked of them."""

from __future__ import annotations

import ctypes
import enum
from dataclasses import dataclass

from . import _abi


class Overflow(enum.IntEnum):
    """What happens to a consumer that is slower than its producer."""

    #: The producer waits; nothing is lost.
    BLOCK = 0
    #: The oldest frames are lost, just as many as the producer needs buffers.
    DROP_OLDEST = 1
    #: Every pull gets one of the newest frames.
    LATEST = 2


class WaitMode(enum.IntEnum):
    """How a pull waits."""

    #: Spins briefly while waits are short, else sleeps.
    BALANCED = 0
    #: Never sleeps: one processor per waiter.
    SPIN = 1
    #: Sleeps at once.
    SLEEP = 2


@dataclass(frozen=True)
class PoolInfo:
    """What a pool is, as the pool itself says."""

    name: str
    #: Another pool under the same name has another one.
    id: bytes
    #: What the frames are: a media type with parameters.
    format: str
    buffer_count: int
    #: Largest payload in bytes.
    buffer_size: int
    #: Bytes of user metadata per frame.
    metadata_size: int
    #: Newest frames that a late joiner gets.
    history: int
    write_leases: int
    maximum_consumers: int


@dataclass(frozen=True)
class ProducerStatistics:
    """Counts of a pool since it was created, also under earlier producers."""

    epoch: int
    published: int
    waits: int
    reaped: int
    evicted_stalled: int
    evicted_broken: int
    took_over: bool


@dataclass(frozen=True)
class ConsumerStatistics:
    """Counts of one consumer since it attached."""

    lane: int
    taken: int
    lost: int


@dataclass(frozen=True)
class ConsumerState:
    """What a producer sees of one consumer at one moment."""

    lane: int
    process_id: int
    overflow: Overflow
    held: int
    evicted: bool
    lag: int
    taken: int
    lost: int


def read_info(function: ctypes._NamedFuncPointer, handle: int) -> PoolInfo:
    info = _abi.PoolInfo(size=ctypes.sizeof(_abi.PoolInfo))
    _abi.check(function(handle, ctypes.byref(info)))
    return PoolInfo(
        name=info.name.decode(),
        id=bytes(info.id),
        format=info.format.decode(),
        buffer_count=info.buffer_count,
        buffer_size=info.buffer_size,
        metadata_size=info.metadata_size,
        history=info.history,
        write_leases=info.write_leases,
        maximum_consumers=info.maximum_consumers,
    )
