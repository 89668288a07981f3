"""What RidgeRun's BIPS calls need beside the classes themselves."""

from __future__ import annotations

import enum

#: How long a consumer that was opened the RidgeRun way waits for its producer, which may be started in either order.
WAIT_FOR_POOL_SECONDS = 10.0

MICROSECONDS_PER_SECOND = 1_000_000


class Backends(enum.Enum):
    """Where buffers live. Bips knows one kind."""

    kShm = 0


def pool_name(name: str) -> str:
    """POSIX shared-memory names begin with a slash, names of pools do not."""
    return name[1:] if name.startswith("/") else name


def seconds(microseconds: float | None) -> float | None:
    """Time-outs of ``Pull`` and ``Push`` are microseconds."""
    return None if microseconds is None else microseconds / MICROSECONDS_PER_SECOND
