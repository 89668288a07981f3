#!/bin/sh
# A C program that knows docs/protocol.md and nothing else reads a live pool, here and, where the tools are installed,
# on arm64 under qemu; both must find the same, and what the peers did.
#
#     layout_test.sh PEER WORK_FOLDER
set -eu

tests=$(cd "$(dirname "$0")" && pwd)
peer=$1
work=$2
name=layout-test-$$
directory=${BIPS_DIRECTORY:-/dev/shm}

mkfifo "$work/stop-$$"
"$peer" consume "$name" --hold 18 <"$work/stop-$$" >"$work/consumer" &
consumer=$!
exec 3>"$work/stop-$$"
rm "$work/stop-$$"
finish() {
    exec 3>&-
    kill $consumer $producer 2>/dev/null || true
    wait 2>/dev/null || true
    rm -f "$directory/bips.$name" "$directory/bips.$name.lanes"
}
producer=
trap finish EXIT

# 18 taken, the last of them held, and the nineteenth waits; the twentieth buffer is half written.
mkfifo "$work/start-$$"
"$peer" produce "$name" --frames 19 --size 5000 --format "video/x-raw,format=GRAY8" --pause <"$work/start-$$" \
    >"$work/producer" &
producer=$!
exec 4>"$work/start-$$"
rm "$work/start-$$"

tries=0
until grep -q holding "$work/consumer" && grep -q paused "$work/producer"; do
    tries=$((tries + 1))
    [ $tries -lt 20000 ] || { echo "the peers did not get there"; exit 1; }
done

cc=${CC:-cc}
$cc -std=gnu11 -O2 -Wall -Wextra -Werror "$tests/layout_reader.c" -o "$work/layout_reader"
"$work/layout_reader" "$directory" "$name" >"$work/here"
cat "$work/here"
grep -qx 'format video/x-raw,format=GRAY8' "$work/here"
grep -qx 'buffers 8 of 5000, history 1, lanes 16, write leases 1, metadata 16' "$work/here"
grep -qx 'state 1, epoch 1, published 19' "$work/here"
grep -q '^frame 19 in buffer [0-7], 1844 bytes, flags 0, crc ' "$work/here"
grep -qx 'lane 0: state 1, policy 0, quota 1, cursor 19, taken 18, lost 0, held 1, floor 0' "$work/here"

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null; then
    aarch64-linux-gnu-gcc -static -std=gnu11 -O2 -Wall -Wextra -Werror "$tests/layout_reader.c" -o \
        "$work/layout_reader_arm64"
    qemu-aarch64-static "$work/layout_reader_arm64" "$directory" "$name" >"$work/arm64"
    cmp "$work/here" "$work/arm64"
    echo "arm64 reads the same"
else
    echo "no arm64 compiler or emulator here: only this processor was checked"
fi
