"""Views of shared memory that keep alive what they look at."""

from __future__ import annotations

import ctypes
import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _format

if TYPE_CHECKING:
    import numpy

#: DLPack's number of plain memory.
_DLPACK_CPU = (1, 0)


class FrameKind(NamedTuple):
    """What all frames of a pool have in common."""

    block: type[ctypes.Array[ctypes.c_ubyte]]
    video: _format.RawVideo | None


@functools.lru_cache(maxsize=64)
def block_type(size: int) -> type[ctypes.Array[ctypes.c_ubyte]]:
    """The ctypes array of so many bytes; its instances have a place for the object that they keep alive."""
    return type(f"Block{size}", (ctypes.Array,), {"_type_": ctypes.c_ubyte, "_length_": size})


def block(kind: type[ctypes.Array[ctypes.c_ubyte]], address: int, keep_alive: object) -> ctypes.Array[ctypes.c_ubyte]:
    """Memory at an address. Whatever is made of it, however indirectly, keeps ``keep_alive``."""
    memory = kind.from_address(address)
    memory.keep_alive = keep_alive  # type: ignore[attr-defined]
    return memory


def view(memory: ctypes.Array[ctypes.c_ubyte], length: int, writable: bool) -> memoryview:
    whole = memoryview(memory).cast("B")
    part = whole if length == len(whole) else whole[:length]
    return part if writable else part.toreadonly()


def array(data: memoryview | ctypes.Array[ctypes.c_ubyte], length: int,
    video: _format.RawVideo | None) -> numpy.ndarray[Any, Any]:
    """A NumPy array over the first bytes of some memory, without a copy."""
    import numpy

    if video is None:
        return numpy.frombuffer(data, numpy.uint8, length)
    layout = video.layout(length)
    return numpy.ndarray(layout.shape, layout.dtype, data, 0, layout.strides)


class Exporter:
    """``np.asarray``, ``torch.from_dlpack`` and, from Python 3.12 on, ``memoryview`` of a frame or buffer itself."""

    __slots__ = ()

    data: memoryview

    def array(self) -> numpy.ndarray[Any, Any]:
        raise NotImplementedError

    def _writable_array(self) -> numpy.ndarray[Any, Any]:
        raise NotImplementedError

    def __buffer__(self, flags: int) -> memoryview:
        return self.data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> numpy.ndarray[Any, Any]:
        found = self.array()
        if copy or (dtype is not None and dtype != found.dtype):
            if copy is False:
                raise ValueError(f"a frame of {found.dtype} cannot become {dtype} without a copy")
            return found.astype(dtype or found.dtype)
        return found

    def __dlpack_device__(self) -> tuple[int, int]:
        return _DLPACK_CPU

    def __dlpack__(self, *, stream: object = None, **options: object) -> object:
        """A DLPack capsule. It cannot say "read-only", and neither can a tensor: see the guide."""
        return self._writable_array().__dlpack__()
