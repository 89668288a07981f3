"""Prints the mean brightness of every frame of a pool, without copying one: brightness.py NAME"""

import sys

import bips

with bips.Consumer(sys.argv[1], wait_for_pool=10) as consumer:
    for frame in consumer:
        image = frame.array()  # rows of luma, then the two planes of chroma; read-only and in shared memory
        luma = image[: image.shape[0] * 2 // 3]
        print(f"frame {frame.sequence}: {luma.shape[1]} x {luma.shape[0]}, mean {luma.mean():.1f}")
        del image, luma  # the frame goes back to the producer when no view of it is left
