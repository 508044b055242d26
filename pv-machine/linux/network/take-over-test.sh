#!/usr/bin/env bash
# A guest that is led and followed, while a client outside of it loads it through passt and a switch:
# its leader is killed, or the guest is moved, and the client says what it noticed.
#
#   take-over-test.sh [--seconds N] [--detect MS] [--report FILE] [--how kill|semi-active|pre-copy]
#                     [--vcpus N] [--commit none|received|replayed] [--engine ENGINE] [--keep DIR]
#                     [ledger|webserver|arena|diabolical|linux]...
#
# Default: kill -9 of the leader, half way through 10 seconds, for the four builtin guests. linux is a
# Debian kernel with busybox's httpd, and --vcpus how many it has. --detect is the silence after which
# the other side is lost (default 500). --commit and --engine are handed to both sides. --report makes
# a page of what the clients saw; --keep leaves that and what was said in a directory. VLS is the
# command to test, default that of this checkout. Needs passt; without it one line says so.
# Exit code 0: nothing that a client was told was lost, doubled, out of order or wrong.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$(cd -- "$here/../../.." && pwd)/vls}
seconds=10
detect=500
how=kill
vcpus=1
both=()
report=
keep=
guests=()
results=()
failed=

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --seconds) seconds=$2 && shift 2 ;;
        --detect) detect=$2 && shift 2 ;;
        --report) report=$2 && shift 2 ;;
        --how) how=$2 && shift 2 ;;
        --vcpus) vcpus=$2 && shift 2 ;;
        --keep) keep=$2 && shift 2 ;;
        --commit | --engine) both+=("$1" "$2") && shift 2 ;;
        ledger | webserver | arena | diabolical | linux) guests+=("$1") && shift ;;
        *) echo "take-over-test.sh: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
done
[[ ${#guests[@]} -gt 0 ]] || guests=(ledger webserver arena diabolical)
command -v passt >/dev/null || { echo "skipped all: passt is not installed: apt-get install passt" && exit; }

fail() {
    echo "take-over-test.sh: FAILED: $*"
    exit 1
}

# shellcheck source=programs.sh
. "$here/programs.sh"
begin

load() {
    case $1 in
        ledger) "$vls" load ledger 127.0.0.1:$((base + 1)) "${@:2}" ;;
        webserver) "$vls" load web 127.0.0.1:$base "${@:2}" ;;
        linux) "$vls" load web 127.0.0.1:$base --clients 8 "${@:2}" ;;
        arena) "$vls" load arena 127.0.0.1:$base "${@:2}" ;;
        diabolical) "$vls" load probe 127.0.0.1:$((base + 1)) "${@:2}" ;;
    esac
}

test_guest() {
    local name=$1 options=(--kernel "builtin:$1" --memory 64M) domain=take-over-$$-$1 leader client
    [[ $name != diabolical ]] || options+=(--cmdline "mib=16")
    [[ $name != linux ]] || { linux_options "$here/serve.sh" vls.ip=10.0.2.15/24 && options+=(--vcpus "$vcpus"); }
    network ${keep:+-p "$work/passt.pcap"}
    start "$vls" lead --listen 127.0.0.1:$((base + 2)) --detect "$detect" --name "$domain" \
        "${options[@]}" "${both[@]}" --net "socket=$work/a.sock" --console "file=$work/console-a"
    leader=${children[-1]}
    await 60 said 'followers may come to'
    [[ $name != linux ]] || await 600 grep -q 'serve: ready' "$work/console-a"
    if [[ $how == kill ]]; then
        start "$vls" follow 127.0.0.1:$((base + 2)) --take-over --net "socket=$work/b.sock" \
            --console "file=$work/console-b" "${both[@]}"
        await 120 said 'may take over'
    else
        start "$vls" receive --listen 127.0.0.1:$((base + 3)) --net "socket=$work/b.sock" \
            --console "file=$work/console-b" "${both[@]}"
        await 60 said 'waits for a guest'
    fi
    load "$name" --seconds "$seconds" --json "$work/$name.json" >"$work/client" &
    client=$!
    sleep $((seconds / 2))
    if [[ $how == kill ]]; then
        kill -9 "$leader"
    else
        "$vls" migrate "$domain" 127.0.0.1:$((base + 3)) --strategy "$how" || failed=yes
    fi
    wait "$client" || failed=yes
    sed "s/^/$name, $how: /" "$work/client"
    said 'takes over as leader of epoch 2' || { echo "$name: FAILED: nobody took over" && cat "$work/log" && failed=yes; }
    results+=("$name, $how=$work/$name.json")
    stop
}

"$vls" --version >/dev/null # builds if needed
for name in "${guests[@]}"; do
    test_guest "$name"
done
[[ -z $report ]] || "$vls" report -o "$report" --title "Take-over: $how" "${results[@]}"
[[ -z $failed ]]
