"""The C ABI of libbips.so, by ctypes: nothing to compile and nothing to install beside the library.

cffi in ABI mode was measured too: a pull and a push take about 0.4 microseconds less, of some three per frame, which is
not worth a dependency.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import NoReturn

from . import _errors

ABI_VERSION = 0
FOREVER = -1
NANOSECONDS_PER_SECOND = 1_000_000_000

#: A wait is a series of waits of this length, so that Python sees signals such as Ctrl-C in between.
SLICE_NANOSECONDS = 100_000_000

TIMED_OUT = 1
BUSY = -19


class ProducerOptions(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("buffer_count", ctypes.c_uint32),
        ("buffer_size", ctypes.c_uint64),
        ("history", ctypes.c_uint32),
        ("maximum_consumers", ctypes.c_uint32),
        ("write_leases", ctypes.c_uint32),
        ("metadata_size", ctypes.c_uint32),
        ("wait_mode", ctypes.c_uint32),
        ("mode", ctypes.c_uint32),
        ("evict_stalled_after", ctypes.c_int64),
        ("owner", ctypes.c_int64),
        ("group", ctypes.c_int64),
        ("huge_pages", ctypes.c_uint32),
        ("lock_memory", ctypes.c_uint32),
        ("format", ctypes.c_char_p),
        ("directory", ctypes.c_char_p),
    ]


class ConsumerOptions(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("overflow", ctypes.c_uint32),
        ("depth", ctypes.c_uint32),
        ("maximum_held", ctypes.c_uint32),
        ("history", ctypes.c_int64),
        ("wait_for_pool", ctypes.c_int64),
        ("producer_grace", ctypes.c_int64),
        ("wait_mode", ctypes.c_uint32),
        ("skip_prefault", ctypes.c_uint32),
        ("directory", ctypes.c_char_p),
    ]


class Lease(ctypes.Structure):
    """``bips_write_lease`` and ``bips_read_lease``, which differ only in what C may write to."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("capacity", ctypes.c_uint64),
        ("length", ctypes.c_uint64),
        ("sequence", ctypes.c_uint64),
        ("timestamp", ctypes.c_int64),
        ("metadata", ctypes.c_void_p),
        ("metadata_size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("buffer_index", ctypes.c_uint32),
        ("generation", ctypes.c_uint32),
        ("owner", ctypes.c_uint64),
    ]


class PoolInfo(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("buffer_count", ctypes.c_uint32),
        ("buffer_size", ctypes.c_uint64),
        ("metadata_size", ctypes.c_uint32),
        ("history", ctypes.c_uint32),
        ("write_leases", ctypes.c_uint32),
        ("maximum_consumers", ctypes.c_uint32),
        ("id", ctypes.c_uint8 * 16),
        ("name", ctypes.c_char_p),
        ("format", ctypes.c_char_p),
    ]


class ProducerStatistics(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("epoch", ctypes.c_uint32),
        ("published", ctypes.c_uint64),
        ("waits", ctypes.c_uint64),
        ("reaped", ctypes.c_uint64),
        ("evicted_stalled", ctypes.c_uint64),
        ("evicted_broken", ctypes.c_uint64),
        ("took_over", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class ConsumerStatistics(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("lane", ctypes.c_uint32),
        ("taken", ctypes.c_uint64),
        ("lost", ctypes.c_uint64),
    ]


class ConsumerStatus(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("lane", ctypes.c_uint32),
        ("process_id", ctypes.c_int32),
        ("overflow", ctypes.c_uint32),
        ("held", ctypes.c_uint32),
        ("evicted", ctypes.c_uint32),
        ("lag", ctypes.c_uint64),
        ("taken", ctypes.c_uint64),
        ("lost", ctypes.c_uint64),
    ]


def _load() -> ctypes.CDLL:
    name = "libbips.so.0"
    here = Path(__file__).resolve().parent
    beside = [here / name, here.parents[1] / name]
    chosen = os.environ.get("BIPS_LIBRARY") or next((str(path) for path in beside if path.exists()), name)
    try:
        library = ctypes.CDLL(chosen)
    except OSError as e:
        raise ImportError(
            f"cannot load {chosen}: {e}. Install Bips (./build.sh native --prefix DIR) and use its lib/python, add "
            "its lib folder to LD_LIBRARY_PATH, or set BIPS_LIBRARY to the library's path."
        ) from e
    version = library.bips_abi_version()
    if version != ABI_VERSION:
        raise ImportError(
            f"{chosen} has ABI version {version} and this package needs {ABI_VERSION}; use one release of both.")
    return library


_library = _load()


def _function(name: str, *arguments: type) -> ctypes._NamedFuncPointer:
    function = getattr(_library, name)
    function.argtypes = arguments
    function.restype = ctypes.c_int32
    return function


# Conversions are the larger part of a call: a struct that is passed as itself costs least.
_HANDLE = ctypes.c_void_p
_POINTER = ctypes.c_void_p
_LEASE = ctypes.POINTER(Lease)

producer_create = _function("bips_producer_create", ctypes.c_char_p, _POINTER, _POINTER)
producer_pull = _function("bips_producer_pull", _HANDLE, ctypes.c_int64, _LEASE)
producer_push = _function("bips_producer_push", _HANDLE, _LEASE)
producer_release = _function("bips_producer_release", _HANDLE, _LEASE)
producer_end = _function("bips_producer_end", _HANDLE)
producer_close = _function("bips_producer_close", _HANDLE)
producer_info = _function("bips_producer_info", _HANDLE, _POINTER)
producer_get_statistics = _function("bips_producer_get_statistics", _HANDLE, _POINTER)
producer_consumers = _function("bips_producer_consumers", _HANDLE, _POINTER, ctypes.c_uint32, _POINTER)
consumer_open = _function("bips_consumer_open", ctypes.c_char_p, _POINTER, _POINTER)
consumer_pull = _function("bips_consumer_pull", _HANDLE, ctypes.c_int64, _LEASE)
consumer_push = _function("bips_consumer_push", _HANDLE, _LEASE)
consumer_fd = _function("bips_consumer_fd", _HANDLE, _POINTER)
consumer_close = _function("bips_consumer_close", _HANDLE)
consumer_info = _function("bips_consumer_info", _HANDLE, _POINTER)
consumer_get_statistics = _function("bips_consumer_get_statistics", _HANDLE, _POINTER)

_library.bips_last_error.restype = ctypes.c_char_p


def error(status: int) -> _errors.BipsError:
    """The exception for a status that is not zero."""
    return _errors.make(status, _library.bips_last_error().decode())


def check(status: int) -> None:
    """Raises unless the status is zero."""
    if status:
        fail(status)


def fail(status: int) -> NoReturn:
    raise error(status)


def nanoseconds(seconds: float | None) -> int:
    """A time-out of the ABI; never fewer nanoseconds than asked for."""
    if seconds is None:
        return FOREVER
    if seconds < 0:
        raise ValueError(f"the time-out is {seconds} seconds; it must be 0 or more, or None to wait for ever")
    whole = seconds * NANOSECONDS_PER_SECOND
    if whole >= 2**63:
        return FOREVER
    return int(whole) + (whole != int(whole))


def optional_text(text: str | os.PathLike[str] | None) -> bytes | None:
    return None if text is None else os.fsencode(text)
