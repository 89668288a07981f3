#!/bin/sh
# Tests the Python package against an installed library; the last line is "N passed, N failed".
#
#     python/test.sh [PREFIX]        PYTHON=python3.12 python/test.sh [PREFIX]
#
# PREFIX: where native/build.sh has installed; without it the library is built and installed into artifacts/prefix.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:-$root/artifacts/prefix}
if [ $# -eq 0 ]; then
    "$root/native/build.sh" "$prefix" || { echo "0 passed, 1 failed"; exit 1; }
fi

BIPS_LIBRARY=$(cd "$prefix" && pwd)/lib/libbips.so.0
export BIPS_LIBRARY

# Python leaves an interrupt ignored if whoever started it does, and the tests send themselves some.
cd "$root/python" && exec env --default-signal=INT "${PYTHON:-/usr/bin/python3}" -B -m tests
