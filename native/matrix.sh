#!/bin/sh
# Runs the pair matrix: every language with every other, under every policy. The last line is "N passed, N failed".
#
#     native/matrix.sh [PREFIX]      PYTHON=python3.12 native/matrix.sh [PREFIX]
#
# PREFIX: where native/build.sh has installed; without it the library is built and installed into artifacts/prefix.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:-$root/artifacts/prefix}
python=${PYTHON:-/usr/bin/python3}
fail() { echo "0 passed, 1 failed"; exit 1; }

if [ $# -eq 0 ]; then
    "$root/native/build.sh" "$prefix" || fail
fi

prefix=$(cd "$prefix" && pwd)
work=$root/artifacts/native/plain
dotnet build "$root/Bips.Tests.Peer" -c Release -v q --nologo || fail
cmake -S "$root/native" -B "$work" -Dbips_DIR="$prefix/lib/cmake/bips" -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null \
    || fail
cmake --build "$work" --target peer >/dev/null || fail

BIPS_LIBRARY=$prefix/lib/libbips.so.0 PYTHONPATH=$root/python exec "$python" -B "$root/native/matrix.py" \
    --csharp "dotnet '$root/artifacts/bin/Bips.Tests.Peer/release/bips-peer.dll'" \
    --cpp "'$work/peer'" \
    --python "'$python' -B '$root/python/tests/peer.py'"
