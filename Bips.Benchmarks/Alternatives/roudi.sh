#!/bin/sh
# Runs iceoryx' daemon until standard input closes, which it also does when whoever started this is killed, and removes what is
# left of iceoryx then: roudi.sh RUNTIMES CONFIGURATION. RUNTIMES is how the names of all processes begin that will use it. Ends
# with the daemon's exit code, early when the daemon does.
set -u
exec 2>&1

# Ctrl-C reaches this process, too, but there is something to be tidied up after the harness has ended.
trap '' INT HUP
exec 3<&0

# Nobody waits for processes that were killed, and no process is killed because a busy processor kept it from reporting.
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

# The daemon leaves its memory behind where a process of it was killed. Only one daemon can hold the lock, and it uses these names.
flock --nonblock /tmp/iox-unique-roudi.lock rm -f "/dev/shm/iceoryx_mgmt" "/dev/shm/$(id -gn)" /tmp/roudi /tmp/roudi.lock "/tmp/$1"*
rm -f "$2"
exit "$code"
