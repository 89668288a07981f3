#!/bin/sh
# A producer and a consumer in two containers that share nothing but one folder on a tmpfs: other PID, IPC and mount
# namespaces, no network. bubblewrap makes the containers; docs/python.md has the same for podman and docker.
#
#     two-containers.sh PRODUCER CONSUMER    where each is a command line; both find the pool through $BIPS_DIRECTORY
set -eu

shared=$(mktemp -d /dev/shm/two-containers.XXXXXX)
trap 'rm -rf "$shared"' EXIT
contain() {
    exec bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /run --bind "$shared" /run/bips \
        --unshare-pid --unshare-ipc --unshare-net --unshare-uts --die-with-parent \
        --setenv BIPS_DIRECTORY /run/bips sh -c "$1"
}

(contain "$1") &
(contain "$2")
wait
