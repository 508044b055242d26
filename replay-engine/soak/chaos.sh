#!/usr/bin/env bash
# A ledger that is led and followed by real processes over real sockets, while a client outside of them
# counts its replies: again and again something happens to one of them, and a new follower joins who leads
# then. Random, of a seed that is printed:
#
#   kill        SIGKILL of the leader                     stop       SIGSTOP of the leader, continued later
#   kill-follower, stop-follower    the same of the follower
#   silence     nothing passes between the two for a while    cut    their connection is reset
#
#   chaos.sh [--kills N] [--seed N] [--detect MS] [--arbiter local|zk] [--only WHAT,...] [--keep DIR]
#
#   --kills N     how often something happens (100)
#   --seed N      of what happens when; the host's scheduling has no seed
#   --detect MS   silence after which the other side is lost (500)
#   --arbiter     zk starts vls arbiter (local)
#   --only        instead of all of the above, in their proportions
#   --keep DIR    keeps logs and the client's figures
#
# A client's reply has number, total and hash of all requests, and is checked against its own book: lost,
# doubled, reordered or from two ledgers would show. Epochs of take-overs must be all different, and a leader
# that was stopped or cut off while another took over has to end as fenced. Prints a line for each thing that
# happened with the time until the next reply, and ends with median and maximum. Exit code 0: nothing was wrong.
# A request that was lost with its leader, which nobody was told of, passt sends once more after 2 s: then that is the
# time to the next reply, however soon another leads.
# Needs passt and socat; without them one line says so. VLS is the command to test, default that of this checkout.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$(cd -- "$here/../.." && pwd)/vls}
kills=100
seed=$((RANDOM * 32768 + RANDOM))
detect=500
arbiter=local
only=kill,kill,kill,kill,stop,stop,kill-follower,stop-follower,silence,cut
keep=

fail() {
    echo "chaos: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --kills) kills=$2 ;;
        --seed) seed=$2 ;;
        --detect) detect=$2 ;;
        --arbiter) arbiter=$2 ;;
        --only) only=$2 ;;
        --keep) keep=$2 ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
for tool in passt socat; do
    command -v "$tool" >/dev/null || { echo "skipped all: $tool is not installed: apt-get install passt socat" && exit; }
done
IFS=, read -ra kinds <<<"$only"

work=${keep:-$(mktemp -d)}
mkdir -p "$work"
children=()
cleanup() {
    kill -CONT "${children[@]}" 2>/dev/null || true
    kill -KILL "${children[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    [[ -n $keep ]] || rm -rf "$work"
}
trap cleanup EXIT

wrong=0
wrong() {
    echo "WRONG: $*"
    wrong=$((wrong + 1))
}

# Starts a program whose output goes to log $1; its id is $started then.
start() {
    "${@:2}" </dev/null >>"$work/$1" 2>&1 &
    started=$!
    disown
    children+=("$started")
}

alive() {
    [[ -e /proc/$1 ]] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

# Waits up to $1 seconds for the command that follows.
await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [[ $SECONDS -lt $end ]] || return 1
        sleep 0.02
    done
}

said() {
    grep -q "$2" "$work/$1"
}

now() {
    echo $(($(date +%s%N) / 1000000))
}

# A pseudo-random number below $1 is $random then: xorshift.
state=$((seed * 2 + 1))
random() {
    state=$((state ^ (state << 13)))
    state=$((state ^ ((state >> 7) & 0x1ffffffffffffff)))
    state=$((state ^ (state << 17)))
    random=$((((state >> 16) & 0x7fffffff) % $1))
}

base=$((20000 + $$ % 10000))
"$vls" --version >/dev/null # builds if needed
echo "chaos: $kills times, --seed $seed --detect $detect --arbiter $arbiter"
as=()
[[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach
start passt.log passt -f -s "$work/passt.sock" "${as[@]}" -a 10.0.2.15 -g 10.0.2.2 -n 24 -t $base:7000 -u none
await 10 test -S "$work/passt.sock" || fail "passt does not start: $(tail -n 1 "$work/passt.log")"
plugs=(a b c d)
for plug in "${plugs[@]}"; do
    ports+=(--port "socket=$work/$plug.sock,listen")
done
start switch.log "$vls" switch --port "socket=$work/passt.sock" "${ports[@]}"
await 60 test -S "$work/d.sock" || fail "the switch does not start: $(tail -n 1 "$work/switch.log")"
place=local
if [[ $arbiter == zk ]]; then
    start arbiter.log "$vls" arbiter --listen 127.0.0.1:0 --data "$work/arbiter"
    await 60 said arbiter.log 'zk://' || fail "the arbiter does not start: $(tail -n 1 "$work/arbiter.log")"
    place=$(sed -n 's/.*\(zk:.*\)/\1/p' "$work/arbiter.log")
fi

# Processes by number: their ids, plugs and addresses.
declare -A pid plug address
count=0
suspicions=0
leader=
follower=
relay=

free_plug() {
    local used n taken
    for used in "${plugs[@]}"; do
        taken=
        for n in "${!pid[@]}"; do
            [[ ${plug[$n]} != "$used" ]] || ! alive "${pid[$n]}" || taken=yes
        done
        [[ -n $taken ]] || { echo "$used" && return; }
    done
    fail "no plug is free"
}

options() { # number, plug: what both sides have
    echo "--detect $detect --name chaos-$$-$1 --net socket=$work/$2.sock --console file=$work/console-$1"
}

begin() {
    count=$((count + 1))
    plug[$count]=$(free_plug)
    # shellcheck disable=SC2046 # words
    start "$count.log" "$vls" lead --kernel builtin:ledger --memory 16M --listen 127.0.0.1:0 --arbiter "$place" \
        $(options $count "${plug[$count]}")
    pid[$count]=$started
    leader=$count
    await 60 said "$count.log" 'followers may come to' || fail "no leader: $(tail -n 1 "$work/$count.log")"
    address[$count]=$(sed -n 's/.*followers may come to //p' "$work/$count.log")
}

# What carries the connection between the two, and can be stopped.
lay() {
    local port=$((base + 1 + count % 1000))
    [[ -z $relay ]] || kill -KILL "$relay" $(pgrep -P "$relay") 2>/dev/null || true
    start relay.log socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork,nodelay" "TCP:${address[$leader]},nodelay"
    relay=$started
    await 10 sh -c "ss -Hltn sport = :$port | grep -q ." || fail "socat does not listen: $(tail -n 1 "$work/relay.log")"
    through=127.0.0.1:$port
}

join() {
    count=$((count + 1))
    plug[$count]=$(free_plug)
    follower=$count
    lay
    # shellcheck disable=SC2046 # words
    start "$count.log" "$vls" follow "$through" --take-over $(options $count "${plug[$count]}")
    pid[$count]=$started
}

ready() { # how often the leader has let a follower in
    [[ $(grep -c 'may take over' "$work/$leader.log") -gt $1 ]]
}

# A follower is there and may take over.
settle() {
    local attempt before
    for attempt in 1 2 3; do
        before=$(grep -c 'may take over' "$work/$leader.log" || true)
        [[ -n $follower ]] || join
        await 60 settled "$before" && [[ -n $follower ]] && return
        follower=
    done
    wrong "no follower gets ready: leader: $(tail -n 2 "$work/$leader.log"); follower: $(tail -n 2 "$work/$count.log")"
    exit 1
}

settled() {
    alive "${pid[$follower]}" || { follower= && return 0; }
    ready "$1"
}

takes_over() {
    said "$follower.log" 'leads, '
}

# The follower has to lead now.
expect_take_over() {
    await 40 takes_over && took=$(($(now) - at)) || { wrong "nobody took over: $(tail -n 3 "$work/$follower.log")" && exit 1; }
    local epoch
    epoch=$(sed -n 's/.*takes over as leader of epoch //p' "$work/$follower.log")
    ! grep -qx "$epoch" "$work/epochs" 2>/dev/null || wrong "epoch $epoch has two leaders"
    echo "$epoch" >>"$work/epochs"
    address[$follower]=$(sed -n 's/.*followers may come to //p' "$work/$follower.log")
    old=$leader
    leader=$follower
    follower=
}

# Process $1, for which another leads, has to notice.
expect_fenced() {
    await 40 not_alive "${pid[$1]}" || wrong "a leader goes on beside another: $(tail -n 2 "$work/$1.log")"
    said "$1.log" 'another leader has epoch' || wrong "a leader was not fenced: $(tail -n 2 "$work/$1.log")"
}

not_alive() {
    ! alive "$1"
}

claims() {
    said "$follower.log" 'takes over as'
}

# On a host that is busy for longer than --detect a follower may take over from a leader that lives: so be it.
suspected() {
    expect_take_over
    expect_fenced "$old"
    took=
    suspicions=$((suspicions + 1))
}

happen() {
    local what=$1 millis
    random 2000
    millis=$((detect + 100 + random))
    local seconds=$((millis / 1000)).$(printf %03d $((millis % 1000)))
    at=$(now)
    case $what in
        kill)
            kill -KILL "${pid[$leader]}" 2>/dev/null || true
            expect_take_over
            ;;
        stop)
            kill -STOP "${pid[$leader]}" 2>/dev/null || true
            expect_take_over
            sleep "$seconds"
            kill -CONT "${pid[$old]}" 2>/dev/null || true
            expect_fenced "$old"
            ;;
        kill-follower)
            kill -STOP "${pid[$follower]}"
            if claims; then
                kill -CONT "${pid[$follower]}"
                suspected
            else
                kill -KILL "${pid[$follower]}"
                follower=
            fi
            ;;
        stop-follower)
            kill -STOP "${pid[$follower]}"
            sleep "$seconds"
            kill -CONT "${pid[$follower]}"
            after_silence
            ;;
        silence)
            # shellcheck disable=SC2046 # several numbers
            kill -STOP "$relay" $(pgrep -P "$relay") || true
            sleep "$seconds"
            # shellcheck disable=SC2046
            kill -CONT $(pgrep -P "$relay") "$relay" || true
            after_silence
            ;;
        cut)
            # shellcheck disable=SC2046
            kill -KILL $(pgrep -P "$relay") 2>/dev/null || true
            after_silence
            ;;
        *) fail "$what: is nothing that can happen" ;;
    esac
}

# Both sides live, and have lost each other: one of them goes on, and knows it.
after_silence() {
    sleep 1
    await 20 resolved || true
    if takes_over || not_alive "${pid[$leader]}"; then
        expect_take_over
        took=
        expect_fenced "$old"
    elif ! is_back; then
        kill -KILL "${pid[$follower]}" 2>/dev/null || true
        follower=
    fi
}

resolved() {
    takes_over || not_alive "${pid[$leader]}" || not_alive "${pid[$follower]}" || is_back
}

is_back() {
    alive "${pid[$follower]}" && tail -n 1 "$work/$leader.log" | grep -q 'may take over'
}

answered() {
    ss -Htin "dport = :$base" | grep -q bytes_received || ! alive "$1"
}

batch() {
    local from=$1 number=$2 done=0 client events=$work/events
    : >"$events"
    "$vls" load ledger 127.0.0.1:$base --seconds $((6 * number + 4)) --json "$work/client.json" >"$work/client.log" 2>&1 &
    client=$!
    children+=("$client")
    # Passt says SYN to the guest once, so nothing is to happen before the guest has answered.
    await 60 answered "$client" || fail "the ledger does not answer"
    local end=$((SECONDS + 6 * number))
    while [[ $done -lt $number && $SECONDS -lt $end ]]; do
        took=
        [[ -n $follower ]] || settle
        random 800
        sleep "0.$(printf %03d $((100 + random)))"
        random ${#kinds[@]}
        local what=${kinds[$random]}
        if claims; then
            suspected
            continue
        fi
        happen "$what"
        done=$((done + 1))
        echo "$at $what $((from + done)) $took" >>"$events"
    done
    happened=$done
    wait "$client" || wrong "the client: $(grep -E 'FAILED|lost|doubled|wrong' "$work/client.log" | tr '\n' ' ')"
    cat "$work/client.log" >>"$work/clients.log"
    # From what happened to the end of the longest silence that began within 0.3 s, in parts of 10 ms.
    tr ',{' '\n\n' <"$work/client.json" | awk -v events="$events" '
        /"began_ms"/ { split($0, pair, ":"); began = pair[2] }
        /"timeline"/ { on = 1; sub(/.*\[/, "") }
        on { gsub(/[^0-9]/, ""); if ($0 != "") part[parts++] = $0 }
        END {
            while ((getline line < events) > 0) {
                split(line, event, " ")
                first = int((event[1] - began) / 10) + 1
                gap = 0
                for (i = first; i < first + 30 && i < parts; i++) {
                    for (j = i; j < parts && part[j] == 0; j++) {}
                    if (j - i > 1 && began + j * 10 - event[1] > gap) gap = began + j * 10 - event[1]
                    i = j
                }
                printf "%d: %s, %snext reply after %d ms\n", event[3], event[2], \
                    (event[4] == "" ? "" : "another leads after " event[4] " ms, "), gap
            }
        }' | tee -a "$work/gaps"
}

: >"$work/epochs"
begin
await 60 grep -q 'ledger: ready' "$work/console-$leader" || fail "no ledger: $(tail -n 1 "$work/$leader.log")"
settle
total=0
while [[ $total -lt $kills ]]; do
    part=$((kills - total < 10 ? kills - total : 10))
    batch $total $part
    total=$((total + happened))
done
replies=$(sed -n 's/^ledger: \([0-9]*\) replies.*/\1/p' "$work/clients.log" | awk '{ sum += $1 } END { print sum + 0 }')
for count in 'lost' 'doubled or reordered' 'with a wrong total or hash'; do
    echo "chaos: $count $(sed -n "s/^ledger: $count \([0-9]*\)/\1/p" "$work/clients.log" | awk '{ sum += $1 } END { print sum + 0 }')"
done
summary() { # what, words before a number in the lines of what happened
    sed -n "s/.*: $1, .*$2 \([0-9]*\) ms.*/\1/p" "$work/gaps" | sort -n | awk -v what="$1" -v words="$2" '
        { gap[NR] = $1 } END { if (NR) printf "chaos: %s: %s %d ms median, %d ms at most, %d times\n", what, words, gap[int((NR + 1) / 2)], gap[NR], NR }'
}
for what in kill stop; do
    summary $what 'another leads after'
    summary $what 'next reply after'
done
echo "chaos: $total things happened, $replies replies, $(wc -l <"$work/epochs") take-overs, $suspicions of them from leaders that lived, $wrong wrong, --seed $seed"
[[ $wrong -eq 0 ]]
