#!/bin/sh
# Measures what the C ABI and the Python package add to the same calls in C#: native/bench.sh [PREFIX]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${1:-$root/artifacts/prefix}
[ $# -gt 0 ] || "$root/native/build.sh" "$prefix"
prefix=$(cd "$prefix" && pwd)
python=${PYTHON:-/usr/bin/python3}
work=$root/artifacts/native
mkdir -p "$work"
dotnet build "$root/Bips.Tests.Peer" -c Release -v q --nologo
cc -std=gnu11 -O2 "$root/native/bench/exchange.c" -o "$work/exchange" "-I$prefix/include" "-L$prefix/lib" -lbips \
    "-Wl,-rpath,$prefix/lib"
PYTHONPATH=$prefix/lib/python PYTHONDONTWRITEBYTECODE=1 "$python" "$root/native/bench/compare.py" \
    "dotnet '$root/artifacts/bin/Bips.Tests.Peer/release/bips-peer.dll'" "'$work/exchange'" \
    "'$python' '$root/native/bench/exchange.py'"
