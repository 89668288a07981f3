"""Shape and dtype of a frame, from the media type that the pool carries."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r"\s*([\w-]+)\s*=\s*(?:\(\s*\w+\s*\)\s*)?\"?([^,\";]+)\"?")

#: Bytes per pixel and channels of packed formats: a channel is a byte or a 16-bit word.
_PACKED = {
    "GRAY8": ("|u1", 1),
    "GRAY16_LE": ("<u2", 1),
    "GRAY16_BE": (">u2", 1),
    "RGB": ("|u1", 3),
    "BGR": ("|u1", 3),
    **dict.fromkeys(("RGBA", "BGRA", "ARGB", "ABGR", "RGBx", "BGRx", "xRGB", "xBGR"), ("|u1", 4)),
    **dict.fromkeys(("YUY2", "UYVY", "YVYU", "VYUY"), ("|u1", 2)),
}

#: Formats with a full plane of luma and half as many bytes of chroma behind it.
_PLANAR_420 = ("I420", "YV12", "NV12", "NV21")

#: GStreamer begins each row of a packed format at a multiple of this.
_ROW_ALIGNMENT = 4


@dataclass(frozen=True)
class ArrayLayout:
    """How the bytes of a frame make an array."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class RawVideo:
    """``video/x-raw`` in a format whose array everybody agrees on."""

    format: str
    width: int
    height: int

    def layout(self, length: int) -> ArrayLayout:
        """The array that ``length`` bytes make; rows may be padded as GStreamer does."""
        if self.format in _PLANAR_420:
            rows = self.height * 3 // 2
            if length == rows * self.width:
                return ArrayLayout("|u1", (rows, self.width), (self.width, 1))
            raise self._mismatch(length, rows * self.width)
        dtype, channels = _PACKED[self.format]
        item = int(dtype[2:])
        row = self.width * channels * item
        padded = -(-row // _ROW_ALIGNMENT) * _ROW_ALIGNMENT
        for stride in (row, padded):
            if length == stride * self.height:
                if channels == 1:
                    return ArrayLayout(dtype, (self.height, self.width), (stride, item))
                return ArrayLayout(dtype, (self.height, self.width, channels), (stride, channels * item, item))
        raise self._mismatch(length, row * self.height)

    def _mismatch(self, length: int, expected: int) -> ValueError:
        return ValueError(
            f"the frame has {length} bytes and {self.width} x {self.height} {self.format} has {expected}; use "
            ".data for "
            "the bytes as they are"
        )


def parse(format: str) -> RawVideo | None:
    """What a pool's format says of its frames; None where an array of bytes is all that can be said."""
    kind, _, rest = format.partition(",")
    if kind.strip() != "video/x-raw":
        return None
    parameters = {name: value.strip() for name, value in _PARAMETER.findall(rest)}
    name = parameters.get("format", "")
    if name not in _PACKED and name not in _PLANAR_420:
        return None
    try:
        return RawVideo(name, int(parameters["width"]), int(parameters["height"]))
    except (KeyError, ValueError):
        return None
