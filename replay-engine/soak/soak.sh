#!/usr/bin/env bash
# Records Linux guests under real input, and replays each recording in another process that has no network and
# no peer: a disk, TCP through passt to programs of this host, processes, what is typed, the host's clock.
# Instructions, final digest and all that the guest printed have to be equal.
#
#   soak.sh [--runs N] [--seconds N] [--record ENGINE,...] [--replay ENGINE,...] [--vcpus N,...] [--keep DIR]
#
#   --runs N      recordings (24)
#   --seconds N   for which the guest works, by its own clock (10)
#   --record, --replay, --vcpus    taken in turn (interpreter,translator; translator,interpreter; 1,1,2)
#   --keep DIR    keeps traces, consoles and statistics
#
# Prints a line a run and ends with how many were equal; exit code 0: all. VLS is the command to test.
# Needs gcc, mke2fs (e2fsprogs) and passt; replays are cut off from the network where unshare may do that.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
vls=${VLS:-$root/vls}
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
runs=24
seconds=10
record=interpreter,translator
replay=translator,interpreter
vcpus=1,1,2
keep=

fail() {
    echo "soak: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --runs) runs=$2 ;;
        --seconds) seconds=$2 ;;
        --record) record=$2 ;;
        --replay) replay=$2 ;;
        --vcpus) vcpus=$2 ;;
        --keep) keep=$2 ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
for tool in gcc mke2fs passt; do
    command -v "$tool" >/dev/null || fail "no $tool here: apt-get install gcc libc6-dev e2fsprogs passt"
done

work=${keep:-$(mktemp -d)}
mkdir -p "$work"
children=()
cleanup() {
    kill "${children[@]}" 2>/dev/null || true
    [[ -n $keep ]] || rm -rf "$work"
}
trap cleanup EXIT

# Starts a program that cleanup ends.
start() {
    "$@" </dev/null >>"$work/children.log" 2>&1 &
    children+=($!)
}

# The $2-th of the words in $1, round.
turn() {
    local words
    IFS=, read -ra words <<<"$1"
    echo "${words[$2 % ${#words[@]}]}"
}

number() { # name, file: a member of a statistics file
    sed -n "s/.*\"$1\" *: *\"\{0,1\}\([0-9a-f]*\).*/\1/p" "$2"
}

"$vls" --version >/dev/null # builds if needed
"$root/pv-machine/linux/fetch-kernels.sh" cloud >/dev/null
gcc -O2 -static -o "$work/tcpflow" "$root/pv-machine/linux/network/tcpflow.c"
"$root/pv-machine/linux/make-ramdisk.sh" -o "$work/ramdisk" --script "$here/guest.sh" --add "$work/tcpflow"
mkdir -p "$work/www"
head -c 1000000 /dev/urandom >"$work/www/data"
md5sum <"$work/www/data" >"$work/www/sum"
base=$((20000 + RANDOM % 10000))
start "$cache/busybox" httpd -f -h "$work/www" -p $base
start "$work/tcpflow" sink $((base + 1))
start "$work/tcpflow" serve $((base + 2)) 1000000
alone=()
! unshare -n true 2>/dev/null || alone=(unshare -n)
as=()
[[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach

# Types a line now and then until nobody reads any more.
typing() {
    local line=0
    while true; do
        sleep $((RANDOM % 3)).$((RANDOM % 10))
        echo "line $((line++)) $RANDOM"
    done
}

# Records and replays run $1; prints what came of it, and fails if something differs.
soak() {
    local run=$1 at=$work/$1 passt waited=0
    mkdir -p "$at"
    truncate -s 64M "$at/disk.img"
    mke2fs -q -t ext4 "$at/disk.img"
    passt -f -q -s "$at/passt.sock" "${as[@]}" -t none -u none </dev/null >>"$at/passt.log" 2>&1 &
    passt=$!
    children+=("$passt")
    until [[ -S $at/passt.sock ]]; do
        ((waited++ < 100)) || { echo "run $run: passt did not start: $(tail -n 1 "$at/passt.log")" && return 1; }
        sleep 0.1
    done
    timeout $((seconds * 20 + 600)) "$vls" record -o "$at/trace.vls" \
        --kernel "$cache/cloud/vmlinuz" --ramdisk "$work/ramdisk" --disk "$at/disk.img" --net "socket=$at/passt.sock" \
        --vcpus "$(turn "$vcpus" "$run")" --engine "$(turn "$record" "$run")" \
        --cmdline "console=hvc0 quiet vls.ip=dhcp soak.seconds=$seconds soak.http=$base soak.flow=$((base + 1))" \
        --stats "$at/recorded.json" < <(typing) >"$at/recorded.console" 2>"$at/recorded.errors" ||
        { echo "run $run: recording FAILED: $(tail -n 1 "$at/recorded.errors")" && return 1; }
    kill "$passt"
    rm -f "$at/passt.sock"
    if grep -q 'soak: FAILED' "$at/recorded.console" || ! grep -q 'soak: done' "$at/recorded.console"; then
        echo "run $run: the guest FAILED: $(grep -m 1 'soak: FAILED' "$at/recorded.console" || tail -n 1 "$at/recorded.console")"
        return 1
    fi
    "${alone[@]}" timeout $((seconds * 40 + 1200)) "$vls" replay "$at/trace.vls" --verify \
        --engine "$(turn "$replay" "$run")" --stats "$at/replayed.json" \
        </dev/null >"$at/replayed.console" 2>"$at/replayed.errors" ||
        { echo "run $run: replay FAILED: $(tail -n 1 "$at/replayed.errors")" && return 1; }
    for member in instructions digest; do
        [[ -n $(number $member "$at/recorded.json") &&
            $(number $member "$at/recorded.json") == "$(number $member "$at/replayed.json")" ]] ||
            { echo "run $run: $member DIFFERS" && return 1; }
    done
    cmp -s "$at/recorded.console" "$at/replayed.console" || { echo "run $run: the console DIFFERS" && return 1; }
    echo "run $run: equal: $(number instructions "$at/recorded.json") instructions," \
        "$(stat -c %s "$at/trace.vls") bytes, $(grep -c 'soak: typed' "$at/recorded.console") lines typed," \
        "$(turn "$record" "$run") then $(turn "$replay" "$run"), $(turn "$vcpus" "$run") vCPU;" \
        "$(sed -n 's/\r$//; s/^soak: \(.*\) times$/\1/p' "$at/recorded.console" | tr '\n' ' ')"
    [[ -n $keep ]] || rm -rf "$at"
}

equal=0
for ((run = 0; run < runs; run++)); do
    ! soak "$run" || equal=$((equal + 1))
done
echo "soak: $equal of $runs equal"
[[ $equal -eq $runs ]]
