"""Publishes readings of a simulated sensor, one float64 array per frame: produce.py NAME COUNT"""

import struct
import sys
import time

import numpy as np

import bips

COUNTER = struct.Struct("<Q")

with bips.Producer(
    sys.argv[1], buffer_size=8 * 1000, metadata_size=COUNTER.size, format="application/x-samples,type=float64"
) as producer:
    while not producer.consumers():
        time.sleep(0)
    for number in range(int(sys.argv[2])):
        with producer.pull() as lease:
            samples = np.frombuffer(lease.data, np.float64)
            samples[:] = np.sin(np.arange(1000) + number)
            COUNTER.pack_into(lease.metadata, 0, number)
            lease.push()
