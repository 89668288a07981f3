#!/bin/bash
# Checks bips.pml with Spin: the protocol in several bounded configurations (exhaustive search, no error expected) and
# the same protocol with one rule left out at a time (an error expected). See README.md.
#
#   run.sh            everything, one core, below ten minutes
#   run.sh --small    the part that belongs to the ordinary test run, below forty seconds
set -euo pipefail

model_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
small=false
case "${1:-}" in
    "") ;;
    --small) small=true ;;
    *) echo "usage: run.sh [--small]" >&2; exit 2 ;;
esac
for tool in spin gcc; do
    command -v "$tool" > /dev/null || { echo "run.sh: $tool is needed and was not found" >&2; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# What a failed assertion of bips.pml means.
in_words() {
    case "$1" in
        *payloadLow*) echo "a frame is torn or overwritten while it is read" ;;
        *copiedFields*) echo "the fields of another frame were delivered" ;;
        *leased*) echo "the producer writes a buffer that somebody reads" ;;
        *asleep*) echo "a consumer sleeps although a frame is there" ;;
        *stopped*|*hard*) echo "the producer sleeps although a buffer can be had" ;;
        *value*) echo "a sequence is committed twice, or out of order" ;;
        *published*) echo "the successor's published is not the last commit" ;;
        *lastCommitted*) echo "a Block lane misses the last frame" ;;
        *incarnation*) echo "a Block lane is overrun" ;;
        "invalid end state") echo "somebody sleeps for ever" ;;
        *) echo "$1" ;;
    esac
}

# check NAME EXPECTED OPTIMIZATION DEFINITION...   EXPECTED is "sound" or "error".
check() {
    local name=$1 expected=$2 optimization=$3
    shift 3
    local started=$SECONDS errors states depth completed found verdict
    (
        cd "$work"
        rm -f pan* bips.pml.trail output
        spin "${@/#/-D}" -a "$model_directory/bips.pml" > output 2>&1
        # SAFETY: no cycles are searched for. COLLAPSE: states are stored compressed, but exactly.
        gcc "$optimization" -w -DSAFETY -DCOLLAPSE -DMEMLIM=5500 -o pan pan.c >> output 2>&1
        ./pan -m1000000 >> output 2>&1
    ) || true
    errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' "$work/output")
    states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' "$work/output")
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' "$work/output")
    # A search that was cut short (memory, depth) proves nothing, and says so in one of these words.
    completed=true
    if grep -qE 'Search not completed|max search depth too small|out of memory|reached -DMEMLIM' "$work/output"; then
        completed=false
    fi
    found=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' "$work/output" | head -n 1)
    found=$(in_words "$found")
    if [ -z "$errors" ]; then
        verdict="could not be checked: $(tail -n 1 "$work/output")"
    elif [ "$errors" != 0 ]; then
        verdict="error: $found"
    elif $completed; then
        verdict="search completed, no error"
    else
        verdict="search not completed"
    fi
    local result=FAILED
    case "$expected:$verdict" in
        "sound:search completed, no error") result=passed ;;
        # Spin's complaint about a blocked d_step would be a mistake of the model, not a fault of the protocol.
        "error:error: block in d_step"*) ;;
        "error:error: "*) result=passed ;;
    esac
    if [ $result = passed ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%s  %-46s %9s states, depth %4s, %3d s, %.90s\n' \
        "$result" "$name" "${states:-?}" "${depth:-?}" $((SECONDS - started)) "$verdict"
}

sound() { local name=$1; shift; check "$name" sound "$@"; }
mutant() { local name=$1; shift; check "$name" error -O0 "MUTANT_$name" "$@"; }

# The smallest configurations in which the ring wraps and buffers are reused. A fault is seeded where it can do harm.
block=(LANES=1 FIRST_LOSSY=1 BUFFERS=2 RING=2 PUSHES=4)
lossy=(LANES=1 FIRST_LOSSY=0 BUFFERS=2 RING=2 PUSHES=4)
single=(LANES=1 FIRST_LOSSY=0 BUFFERS=1 RING=1 PUSHES=3)
both=(LANES=2 FIRST_LOSSY=1 BUFFERS=2 RING=2)

if $small; then
    sound "Block lane" -O0 "${block[@]}" LIVES=1
    sound "DropOldest lane" -O0 "${lossy[@]}"
    sound "Block lane, evicted" -O0 "${block[@]}" EVICTIONS=1
    mutant NO_FENCE_BEFORE_SLEEPER_BELL "${block[@]}"
    mutant NO_FENCE_BEFORE_PRODUCER_WAITING "${block[@]}"
    mutant BELL_READ_AFTER_SIGNAL "${block[@]}"
    mutant CURSOR_BEFORE_HELD "${block[@]}"
    mutant NO_FENCE_IN_JOIN "${block[@]}"
    mutant NO_SECOND_FLOOR_LOOK "${lossy[@]}"
    mutant COMMIT_LOOK_INSTEAD_OF_FLOOR_LOOK "${lossy[@]}"
    mutant NO_ADVANCE_IN_TAKEOVER "${block[@]}" PRODUCER_LIVES=1
else
    sound "3 buffers, 5 pushes" -O2 LANES=2 FIRST_LOSSY=1 BUFFERS=3 RING=4 PUSHES=5
    sound "3 buffers, 4 pushes, history 1" -O2 LANES=2 FIRST_LOSSY=1 BUFFERS=3 RING=4 PUSHES=4 HISTORY=1
    sound "producer dies" -O2 "${both[@]}" PUSHES=3 PRODUCER_LIVES=1
    sound "a consumer is stopped" -O2 "${both[@]}" PUSHES=3 STOPS=1
    sound "any of them dies, history 1" -O1 "${both[@]}" PUSHES=2 HISTORY=1 LIVES=1 PRODUCER_LIVES=1
    sound "Block lane, deaths" -O1 "${block[@]}" PUSHES=5 LIVES=2 PRODUCER_LIVES=1
    sound "DropOldest lane, deaths" -O1 "${lossy[@]}" PUSHES=5 LIVES=1 PRODUCER_LIVES=1
    sound "DropOldest lane, deaths, history 1" -O1 LANES=1 FIRST_LOSSY=0 BUFFERS=3 RING=4 PUSHES=5 HISTORY=1 LIVES=1 \
        PRODUCER_LIVES=1
    sound "Block lane, deaths, history 1" -O1 LANES=1 FIRST_LOSSY=1 BUFFERS=3 RING=4 PUSHES=5 HISTORY=1 LIVES=1 \
        PRODUCER_LIVES=1
    sound "Block lane, evicted, deaths" -O1 "${block[@]}" EVICTIONS=1 LIVES=1 PRODUCER_LIVES=1
    sound "Block lane, evicted, stopped" -O0 "${block[@]}" EVICTIONS=1 STOPS=1
    sound "Block lane, leaves" -O0 "${block[@]}" LEAVES=1
    sound "DropOldest lane, leaves" -O0 "${lossy[@]}" LEAVES=1
    sound "DropOldest lane, one buffer" -O0 "${single[@]}"

    # Push and its wake-up.
    mutant COMMIT_BEFORE_FIELDS "${block[@]}"
    mutant PUBLISHED_BEFORE_COMMIT "${block[@]}" PRODUCER_LIVES=1
    mutant NO_FENCE_BEFORE_SLEEPER_BELL "${block[@]}"
    mutant BELL_READ_AFTER_SIGNAL "${block[@]}"
    # A consumer's pull.
    mutant CURSOR_BEFORE_HELD "${block[@]}"
    mutant NO_SECOND_FLOOR_LOOK "${lossy[@]}"
    mutant NO_FENCE_BEFORE_SECOND_FLOOR_LOOK "${lossy[@]}"
    mutant FLOOR_LOOK_BEFORE_COPY "${lossy[@]}"
    mutant COMMIT_LOOK_INSTEAD_OF_FLOOR_LOOK "${lossy[@]}"
    mutant NO_SECOND_EVICTED_LOOK "${block[@]}" EVICTIONS=1
    mutant NO_BELL_AFTER_UNDO "${single[@]}"
    # A consumer's push, sleep, join and leave.
    mutant HELD_CLEARED_BEFORE_LAST_READ "${block[@]}"
    mutant NO_FENCE_BEFORE_PRODUCER_WAITING "${block[@]}"
    mutant NO_LOOK_BEFORE_SLEEP "${block[@]}"
    mutant LOOK_BEFORE_SLEEPER_BELL "${block[@]}"
    mutant SIGNAL_READ_AFTER_LOOK "${block[@]}"
    mutant CLOSED_READ_AFTER_RING "${block[@]}"
    mutant NO_REREAD_IN_JOIN "${block[@]}"
    mutant NO_FENCE_IN_JOIN "${block[@]}"
    mutant NO_BELL_AFTER_JOIN "${block[@]}"
    mutant NO_BELL_AFTER_LEAVE "${block[@]}" LEAVES=1
    # The producer's pull.
    mutant HELD_READ_BEFORE_CURSOR "${block[@]}"
    mutant NO_FENCE_AFTER_FLOOR "${lossy[@]}"
    mutant NO_FENCE_BEFORE_LAST_SCAN "${block[@]}"
    mutant PRODUCER_BELL_READ_AFTER_LAST_SCAN "${block[@]}"
    mutant SLEEP_ALTHOUGH_DROPPABLE "${both[@]}" PUSHES=3 STOPS=1
    mutant REAP_WITHOUT_LOCK "${block[@]}" PUSHES=5 LIVES=1
    # Take-over.
    mutant NO_ADVANCE_IN_TAKEOVER "${block[@]}" PRODUCER_LIVES=1
    mutant TAKEOVER_FORGETS_LAST "${block[@]}" PRODUCER_LIVES=1
    mutant NO_WAKE_IN_TAKEOVER "${block[@]}" PRODUCER_LIVES=1

    # Not a fault: the fence of the first scan of a pull is implied by the one in push (README.md, Findings).
    sound "no fence before the first scan" -O0 "${lossy[@]}" MUTANT_NO_FENCE_BEFORE_FIRST_SCAN LIVES=1 PRODUCER_LIVES=1
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
