"""Pools of buffers in shared memory, without a copy and without a daemon.

A producer creates a pool and fills its buffers in place; consumers, in whatever language, read the same bytes::

    import bips

    with bips.Producer("cam", buffer_size=640 * 480 * 3,
        format="video/x-raw,format=BGR,width=640,height=480") as producer:
        with producer.pull() as lease:
            lease.array()[:] = camera()
            lease.push()

    with bips.Consumer("cam") as consumer:
        for frame in consumer:
            infer(frame.array())
"""

from ._compatibility import Backends
from ._consumer import Consumer
from ._errors import (
    AccessDenied,
    BipsError,
    Closed,
    Corrupt,
    EndOfStream,
    Evicted,
    ForkedChild,
    Incompatible,
    LeaseEnded,
    LeaseLimit,
    NoSpace,
    NotAPool,
    PoolMismatch,
    PoolNotFound,
    PoolReplaced,
    PoolTooSmall,
    ProducerActive,
    ProducerLost,
    TimedOut,
    TooManyConsumers,
)
from ._frame import Frame
from ._pool import ConsumerState, ConsumerStatistics, Overflow, PoolInfo, ProducerStatistics, WaitMode
from ._producer import Producer
from ._write_lease import WriteLease

__version__ = "0.1.0"

__all__ = [
    "AccessDenied",
    "Backends",
    "BipsError",
    "Closed",
    "Consumer",
    "ConsumerState",
    "ConsumerStatistics",
    "Corrupt",
    "EndOfStream",
    "Evicted",
    "ForkedChild",
    "Frame",
    "Incompatible",
    "LeaseEnded",
    "LeaseLimit",
    "NoSpace",
    "NotAPool",
    "Overflow",
    "PoolInfo",
    "PoolMismatch",
    "PoolNotFound",
    "PoolReplaced",
    "PoolTooSmall",
    "Producer",
    "ProducerActive",
    "ProducerLost",
    "ProducerStatistics",
    "TimedOut",
    "TooManyConsumers",
    "WaitMode",
    "WriteLease",
]
