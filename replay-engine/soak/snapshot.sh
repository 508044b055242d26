#!/usr/bin/env bash
# Saves Linux guests with a disk and a network, restores them, and looks whether they go on: with a peer, a passt of
# Debian, that is another process than the one before; and twice without one, to equal digests. Suspends and resumes a
# guest that is recorded, and replays it.
#
#   snapshot.sh [--engine ENGINE] [--keep DIR] [connected|twice|suspended]...      default: all
#
#   connected   saved while it fetches over TCP and writes its disk; restored with a new passt it fetches on, and it
#               is recorded from there (vls attach) and replayed. e2fsck finds nothing in its disk
#   twice       with --clock virtual and a cable that nobody has plugged in: both restores end in the same state
#   suspended   recorded with vls record, vls suspend and vls resume on the way; replayed with all digests equal
#
# Exit code 0: nothing failed. VLS is the command to test. Needs mke2fs (e2fsprogs) and passt.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
vls=${VLS:-$root/vls}
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
engine=interpreter
keep=
tests=()
failed=

fail() {
    echo "snapshot: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --engine) engine=${2:?} && shift 2 ;;
        --keep) keep=${2:?} && shift 2 ;;
        connected | twice | suspended) tests+=("$1") && shift ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
done
[[ ${#tests[@]} -gt 0 ]] || tests=(connected twice suspended)
for tool in mke2fs e2fsck passt; do
    command -v "$tool" >/dev/null || fail "no $tool here: apt-get install e2fsprogs passt"
done

work=${keep:-$(mktemp -d)}
mkdir -p "$work"
children=()
cleanup() {
    kill "${children[@]}" 2>/dev/null || true
    [[ -n $keep ]] || rm -rf "$work"
}
trap cleanup EXIT

# Starts a program that cleanup ends; its process is then in child.
start() {
    "$@" </dev/null >>"$work/children.log" 2>&1 &
    child=$!
    children+=("$child")
}

# Waits up to $1 seconds for the command that follows.
await() {
    local left=$(($1 * 5))
    shift
    until "$@"; do
        ((left-- > 0)) || return 1
        sleep 0.2
    done
}

check() { # what, command...: prints whether it holds
    local what=$1
    shift
    if "$@"; then
        echo "$test: $what"
    else
        echo "$test: FAILED: $what"
        failed=yes
    fi
}

number() { # name, file: a member of a statistics file
    sed -n "s/.*\"$1\" *: *\"\{0,1\}\([0-9a-f]*\).*/\1/p" "$2"
}

rounds() { # console, at least: whether the guest has done so many rounds
    [[ $(grep -c "^snap: round" "$1" || true) -ge $2 ]]
}

has_ended() {
    ! kill -0 "$1" 2>/dev/null
}

plug_passt() { # socket: a passt there
    local as=()
    [[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach
    rm -f "$1"
    start passt -f -q -s "$1" "${as[@]}" -t none -u none
    await 10 test -S "$1" || fail "passt did not start: see $work/children.log"
}

make_disk() {
    truncate -s 32M "$1"
    mke2fs -q -t ext4 "$1"
}

# Starts vls with kernel parameters $2 and the rest as command and options; its console goes to $1.
guest() {
    local console=$1 parameters=$2
    shift 2
    : >"$console"
    timeout 900 "$vls" "$@" --kernel "$cache/cloud/vmlinuz" --ramdisk "$work/ramdisk" --memory 128M \
        --engine "$engine" --cmdline "console=hvc0 quiet $parameters" </dev/null >"$console" 2>"$console.errors" &
    child=$!
    children+=("$child")
}

restore() { # console, options: the snapshot in $work/$test.saved
    local console=$1
    shift
    : >"$console"
    timeout 900 "$vls" snapshot restore "$work/$test.saved" --engine "$engine" "$@" </dev/null \
        >"$console" 2>"$console.errors" &
    child=$!
    children+=("$child")
}

all_equal() { # trace: whether a replay has the digests
    timeout 900 "$vls" replay "$1" --verify --console none >"$1.replay" 2>&1 && grep -q 'all equal' "$1.replay"
}

test_connected() {
    local at=$work/connected name=connected-$$ passt vls_process
    make_disk "$at.img"
    plug_passt "$at.sock" && passt=$child
    guest "$at.console" "vls.ip=dhcp snap.http=$port snap.rounds=30" run --name $name --disk "$at.img" --net "socket=$at.sock"
    vls_process=$child
    await 300 rounds "$at.console" 3 || true
    check "works, $(grep -c '^snap: fetched' "$at.console" || true) times fetched" grep -q '^snap: fetched' "$at.console"
    check "$("$vls" snapshot save $name "$at.saved" 2>&1)" test -n "$(find "$at.saved" -name '*.xml')"
    "$vls" destroy $name
    await 60 has_ended "$vls_process" || true
    kill "$passt"
    plug_passt "$at.sock"
    restore "$at.restored" --name $name --net "socket=$at.sock" --stats "$at.json"
    vls_process=$child
    await 300 rounds "$at.restored" 1 || true
    "$vls" attach $name -o "$at.vls"
    await 300 rounds "$at.restored" 6 || true
    "$vls" detach $name
    check "restored, $(grep -c '^snap: fetched' "$at.restored" || true) times fetched" \
        grep -q '^snap: fetched' "$at.restored"
    await 300 has_ended "$vls_process" || true
    check "done" grep -q '^snap: done' "$at.restored"
    check "recorded, $(stat -c %s "$at.vls") bytes, and replayed" all_equal "$at.vls"
    "$vls" disk convert "$(find "$at.saved" -name '*.xvda.1.avhd')" "$at.after.img"
    check "nothing to be mended in its disk" e2fsck -fn "$at.after.img" >"$at.e2fsck" 2>&1
    grep '^connected' "$at.e2fsck"
}

test_twice() {
    local at=$work/twice name=twice-$$ again vls_process
    make_disk "$at.img"
    guest "$at.console" "" run --name $name --clock virtual --disk "$at.img" --net "socket=$at.sock,listen"
    vls_process=$child
    await 300 rounds "$at.console" 3 || true
    check "$("$vls" snapshot save $name "$at.saved" 2>&1)" test -n "$(find "$at.saved" -name '*.xml')"
    "$vls" destroy $name
    await 60 has_ended "$vls_process" || true
    for again in 1 2; do
        restore "$at.restored$again" --name $name --net "socket=$at.sock,listen" --stats "$at.$again.json" \
            --max-instructions "$(($(instructions "$at.saved") + 300000000))"
        await 300 has_ended $child || true
    done
    check "restored twice to instruction $(number instructions "$at.1.json"), equal digests" \
        test -n "$(number digest "$at.1.json")" -a "$(number digest "$at.1.json")" = "$(number digest "$at.2.json")"
    check "with $(grep -c '^snap: round' "$at.restored1") rounds each, told alike" cmp -s "$at.restored1" "$at.restored2"
}

instructions() { # a snapshot's
    sed -n 's/.*instructions="\([0-9]*\)".*/\1/p' "$1"/*.xml
}

test_suspended() {
    local at=$work/suspended name=suspended-$$ vls_process
    make_disk "$at.img"
    plug_passt "$at.sock"
    guest "$at.console" "vls.ip=dhcp snap.http=$port snap.rounds=8" record -o "$at.vls" --name $name \
        --disk "$at.img" --net "socket=$at.sock" --stats "$at.json"
    vls_process=$child
    await 300 rounds "$at.console" 3 || true
    "$vls" suspend $name
    await 60 is_suspended $name || true
    check "suspended" is_suspended $name
    "$vls" resume $name
    await 300 has_ended "$vls_process" || true
    check "resumed, $(grep -c '^snap: fetched' "$at.console" || true) times fetched, done" grep -q '^snap: done' "$at.console"
    check "$(stat -c %s "$at.vls") bytes, replayed" all_equal "$at.vls"
}

is_suspended() {
    "$vls" ps | grep -q "^$1 .* ---s"
}

"$vls" --version >/dev/null # builds if needed
"$root/pv-machine/linux/fetch-kernels.sh" cloud >/dev/null
"$root/pv-machine/linux/make-ramdisk.sh" -o "$work/ramdisk" --script "$here/snapshot-guest.sh"
mkdir -p "$work/www"
head -c 300000 /dev/urandom >"$work/www/data"
md5sum <"$work/www/data" >"$work/www/sum"
port=$((20000 + RANDOM % 10000))
start "$cache/busybox" httpd -f -h "$work/www" -p $port
for test in "${tests[@]}"; do
    "test_$test"
done
[[ -z $failed ]]
