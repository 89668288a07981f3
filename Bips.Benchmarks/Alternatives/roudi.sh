#!/bin/sh
# roudi.sh RUNTIMES CONFIGURATION: runs iceoryx' daemon until standard input closes, then removes what is left of
# iceoryx. Standard input also closes when whoever started this is killed. RUNTIMES is the beginning of the names of all
# processes that will use the daemon. Ends when the daemon ends, with its exit code.
set -u
exec 2>&1

# Ctrl-C reaches this process, too, but it still has to tidy up after the harness has ended.
trap '' INT HUP
exec 3<&0

# The daemon waits for no process that was killed, and kills none that a busy processor keeps from reporting.
iox-roudi --config-file "$2" --monitoring-mode off --kill-delay 0 3<&- &
roudi=$!
{
    cat <&3
    kill "$roudi"
} >/dev/null 2>&1 &
watcher=$!
wait "$roudi"
code=$?
kill "$watcher" 2>/dev/null

# The daemon leaves its memory behind if a process that used it was killed. Only one daemon can hold the lock, and it
# uses these names.
flock --nonblock /tmp/iox-unique-roudi.lock \
    rm -f "/dev/shm/iceoryx_mgmt" "/dev/shm/$(id -gn)" /tmp/roudi /tmp/roudi.lock "/tmp/$1"*
rm -f "$2"
exit "$code"
