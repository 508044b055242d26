#!/usr/bin/env bash
# Guests that serve, recorded while clients outside of them load them through passt and a switch; each
# recording is replayed with both engines.
#
#   load-test.sh [--seconds N] [--clients N] [webserver|ledger|arena|diabolical|linux]...
#
# Default: the four builtin guests, 3 seconds and 20 clients each. linux is a Debian kernel with
# busybox's httpd. VLS is the command to test, default that of this checkout. Needs passt; without it
# one line says so. Exit code 0: nothing failed.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$(cd -- "$here/../../.." && pwd)/vls}
seconds=3
clients=20
guests=()
failed=
keep=

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --seconds) seconds=$2 && shift 2 ;;
        --clients) clients=$2 && shift 2 ;;
        webserver | ledger | arena | diabolical | linux) guests+=("$1") && shift ;;
        *) echo "load-test.sh: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
done
[[ ${#guests[@]} -gt 0 ]] || guests=(webserver ledger arena diabolical)
command -v passt >/dev/null || { echo "skipped all: passt is not installed: apt-get install passt" && exit; }

fail() {
    echo "load-test.sh: FAILED: $*"
    exit 1
}

wrong() {
    echo "$1: FAILED: $2"
    failed=yes
}

# shellcheck source=programs.sh
. "$here/programs.sh"
begin
"$vls" --version >/dev/null # builds if needed
# Passt takes one peer after the other, so one for all guests will do; the switch keeps it.
network

stat_of() {
    sed -n "s/.*\"$2\" *: *\"\{0,1\}\([0-9a-z-]*\).*/\1/p" "$work/$1.json" | head -n 1
}

is_ready() {
    grep -qE 'at port 80|ledger: ready|arena: open|MiB|serve: ready' "$work/console" || ! kill -0 "$recording" 2>/dev/null
}

load() {
    case $1 in
        webserver | linux) "$vls" load web 127.0.0.1:$base --seconds "$seconds" --clients "$clients" ;;
        ledger) "$vls" load ledger 127.0.0.1:$((base + 1)) --seconds "$seconds" --window 20 ;;
        arena) "$vls" load arena 127.0.0.1:$base --seconds "$seconds" ;;
        diabolical) "$vls" load probe 127.0.0.1:$((base + 1)) --seconds "$seconds" ;;
    esac
}

# The replay has to be the recorded run, with this engine.
replay() {
    "$vls" replay "$work/$1.vls" --verify --console none --engine "$2" --stats "$work/replayed.json" ||
        { wrong "$1" "its replay by the $2" && return; }
    for same in instructions digest outputs; do
        [[ $(stat_of replayed $same) == "$(stat_of recorded $same)" ]] ||
            { wrong "$1" "$same of its replay by the $2 differ" && return; }
    done
    echo "$1: replayed by the $2: $(stat_of replayed instructions) instructions, digest $(stat_of replayed digest | cut -c 1-16)"
}

test_guest() {
    local name=$1 options=(--kernel "builtin:$1" --memory 64M)
    [[ $name != diabolical ]] || options+=(--cmdline "mib=16")
    [[ $name != linux ]] || linux_options "$here/serve.sh" vls.ip=10.0.2.15/24
    "$vls" record "${options[@]}" --console "file=$work/console" --net "socket=$work/a.sock" \
        -o "$work/$name.vls" --stats "$work/recorded.json" </dev/null 2>"$work/errors" &
    recording=$!
    children+=("$recording")
    : >>"$work/console"
    await 300 is_ready
    if ! kill -0 "$recording" 2>/dev/null; then
        wrong "$name" "it does not start: $(tail -n 3 "$work/console" "$work/errors")"
        return
    fi
    load "$name" || wrong "$name" "its client"
    kill "$recording"
    wait "$recording" || true
    rm -f "$work/console"
    replay "$name" interpreter
    replay "$name" translator
}

for name in "${guests[@]}"; do
    test_guest "$name"
done
[[ -z $failed ]]
