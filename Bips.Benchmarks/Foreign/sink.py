"""A consumer in Python for the benchmarks: sink.py NAME.

Says "ready" when it is attached, and takes frames to the end of the stream.
"""

import sys

import bips

with bips.Consumer(sys.argv[1]) as consumer:
    print("ready", flush=True)
    try:
        while True:
            consumer.pull().push()
    except bips.EndOfStream:
        pass
