#!/usr/bin/env bash
# What replication and migration cost, each beside what it is compared with, measured in one run: a table.
#
#   replication.sh [--only PART[,PART...]] [--turns N] [--seconds S] [--rate RATE] [--delay TIME] [--engine ENGINE] [--keep DIR]
#
#   follow    ledger's requests a second and median latency, alone and with one follower on loopback, in turns; bytes of log.
#             In both all programs share one CPU, for a follower on another machine would take nothing of the leader's, and
#             the follower has the others
#   failover  what a client waits for when the leader is killed, with --detect 100
#   migrate   silence of diabolical (256 of 512 MiB), webserver (100 clients) and arena (20 Hz), for each strategy, over a link
#             of --rate (1Gbit) and --delay (100us)
#   pages     pages a second without a limit on the link
#   digest    a guest that was taken over, and one that was moved, end as the one that never was (checked, exit code 1 if not)
#
# Silence is the guest's, by vls migrate, and beside it the longest time in which a client got nothing; arena is asked 20 times
# a second, so 50 ms of that are its own. Means something only on a quiet host. Needs passt but for digest and pages. VLS is the
# command to measure.
set -euo pipefail
export LC_ALL=C
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$here/../vls}
only=follow,failover,migrate,pages,digest
turns=3
seconds=8
rate=1Gbit
delay=100us
engine=translator
keep=
failed=
processors=$(nproc)

fail() {
    echo "replication: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --only) only=$2 ;;
        --turns) turns=$2 ;;
        --seconds) seconds=$2 ;;
        --rate) rate=$2 ;;
        --delay) delay=$2 ;;
        --engine) engine=$2 ;;
        --keep) keep=$2 ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done

# shellcheck source=../pv-machine/linux/network/programs.sh
. "$here/../pv-machine/linux/network/programs.sh"
begin

# A number of a JSON file.
figure() {
    sed -n "s/.*\"$2\" *: *\"\{0,1\}\([0-9a-z.-]*\).*/\1/p" "$1" | head -n 1
}

# A number of one line of JSON.
inline() {
    grep -o "\"$2\":[0-9.E-]*" "$1" | head -n 1 | cut -d : -f 2
}

median() {
    sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

print() {
    printf '%-46s%14s  %s\n' "$@"
}

lead() {
    start "$vls" lead --listen 127.0.0.1:$((base + 2)) --name "bench-$$" --engine "$engine" --timeout 300 "$@"
    leader=${children[-1]}
    await 60 said 'followers may come to'
}

follow() {
    start "$vls" follow 127.0.0.1:$((base + 2)) --take-over --name "bench-$$-b" --engine "$engine" --timeout 300 "$@"
    await 60 said 'may take over'
}

receive() {
    start "$vls" receive --listen 127.0.0.1:$((base + 3)) --name "bench-$$-b" --engine "$engine" --timeout 300 "$@"
    await 60 said 'waits for a guest'
}

log_bytes() {
    "$vls" status --json >"$work/status"
    figure "$work/status" log_bytes
}

# --- parts ---

# Requests that are under way, so that what each waits for does not bound how many there are.
window=400

# Which CPUs whatever is started from now on has.
cpus() {
    taskset -cp "$1" $$ >/dev/null
}

# Loads a ledger with many requests under way, then with one; what it measured goes to files of that name.
measure_ledger() {
    local before=0 after=0
    "$vls" load ledger 127.0.0.1:$((base + 1)) --seconds 5 --window $window >/dev/null # warms up
    [[ $1 == alone ]] || before=$(log_bytes)
    "$vls" load ledger 127.0.0.1:$((base + 1)) --seconds "$seconds" --window $window --json "$work/load.json" >/dev/null || failed=yes
    [[ $1 == alone ]] || after=$(log_bytes)
    awk -v t="$(inline "$work/load.json" total)" -v s="$(inline "$work/load.json" seconds)" 'BEGIN { print t / s }' >>"$work/$1.rate"
    echo "$(((after - before) / seconds))" >>"$work/$1.log"
    "$vls" load ledger 127.0.0.1:$((base + 1)) --seconds "$seconds" --json "$work/load.json" >/dev/null || failed=yes
    inline "$work/load.json" '50\.0' >>"$work/$1.latency"
}

part_follow() {
    local guest=(--kernel builtin:ledger --memory 64M --console none)
    rm -f "$work"/{alone,followed}.*
    for ((turn = 0; turn < turns; turn++)); do
        cpus 0
        network
        start "$vls" run "${guest[@]}" --engine "$engine" --net "socket=$work/a.sock" --timeout 300
        sleep 2
        measure_ledger alone
        stop
        network
        lead "${guest[@]}" --net "socket=$work/a.sock" --detect 3000
        cpus "1-$((processors - 1))"
        follow --net "socket=$work/b.sock" --console none
        cpus 0
        measure_ledger followed
        stop
    done
    cpus "0-$((processors - 1))"
    local alone followed
    alone=$(median <"$work/alone.rate")
    followed=$(median <"$work/followed.rate")
    print "ledger alone, requests a second" "$alone" "$window under way, median of $turns"
    print "ledger with one follower" "$followed" ""
    print "  ratio" "$(awk -v a="$alone" -v b="$followed" 'BEGIN { printf "%.3f", b / a }')" "wanted: 0.90 or more"
    alone=$(median <"$work/alone.latency")
    followed=$(median <"$work/followed.latency")
    print "ledger alone, median latency, ms" "$alone" "one under way"
    print "ledger with one follower, ms" "$followed" ""
    print "  added, ms" "$(awk -v a="$alone" -v b="$followed" 'BEGIN { printf "%.2f", b - a }')" "wanted: 2 or less"
    print "log, bytes a second" "$(median <"$work/followed.log")" "with $window under way"
}

part_failover() {
    rm -f "$work/failover"
    for ((turn = 0; turn < turns; turn++)); do
        network
        lead --kernel builtin:ledger --memory 64M --console none --net "socket=$work/a.sock" --detect 100
        follow --net "socket=$work/b.sock" --console none --detect 100
        "$vls" load probe 127.0.0.1:$((base + 1)) --seconds 6 --json "$work/load.json" >/dev/null &
        local client=$!
        sleep 4
        # SIGSTOP closes no connection: silence alone tells the follower.
        if ((turn % 2)); then how=STOP; else how=KILL; fi
        # On a busy host the follower may have taken over before: that is said below.
        kill -$how "$leader" || failed=yes
        wait "$client" || failed=yes
        said 'takes over as leader of epoch 2' || { echo "failover: nobody took over" && failed=yes; }
        inline "$work/load.json" silence_ms_max >>"$work/failover"
        kill -KILL "$leader" 2>/dev/null || true
        stop
    done
    print "failover: client without an answer, ms" "$(median <"$work/failover")" "median of $turns (killed, and each second one stopped); wanted: 300 or less"
    print "  worst" "$(sort -g "$work/failover" | tail -n 1)" ""
}

# Moves a guest under its client's load: name, client, how long that is there, strategy, options.
move() {
    local name=$1 load=$2 lasts=$3 strategy=$4
    shift 4
    network
    lead "$@" --console none --net "socket=$work/a.sock" --detect 3000 --rate "$rate" --delay "$delay"
    receive --net "socket=$work/b.sock" --console none --rate "$rate" --delay "$delay"
    sleep 2
    load=${load/PORT0/$base}
    # shellcheck disable=SC2086 # the client's words
    "$vls" load ${load/PORT1/$((base + 1))} --seconds "$lasts" --json "$work/load.json" >/dev/null &
    local client=$!
    sleep 3
    "$vls" migrate "bench-$$" 127.0.0.1:$((base + 3)) --strategy "$strategy" --json >"$work/moved.json" || failed=yes
    wait "$client" || failed=yes
    print "$name, $strategy: silence, ms" "$(figure "$work/moved.json" silence_milliseconds)" \
        "client $(inline "$work/load.json" silence_ms_max) ms; took $(figure "$work/moved.json" seconds) s, $(figure "$work/moved.json" pages) pages"
    stop
}

part_migrate() {
    for strategy in semi-active pre-copy stop-and-copy; do
        move diabolical "probe 127.0.0.1:PORT1" 25 "$strategy" --kernel builtin:diabolical --memory 512M --cmdline mib=256
        move webserver "web 127.0.0.1:PORT0 --clients 100" 12 "$strategy" --kernel builtin:webserver --memory 64M
        move arena "arena 127.0.0.1:PORT0" 12 "$strategy" --kernel builtin:arena --memory 64M
    done
}

part_pages() {
    base=$((20000 + RANDOM % 10000))
    : >"$work/log"
    lead --kernel builtin:diabolical --memory 1G --cmdline mib=900 --console none --detect 3000
    receive --console none
    sleep 5
    "$vls" migrate "bench-$$" 127.0.0.1:$((base + 3)) --strategy stop-and-copy --json >"$work/moved.json" || failed=yes
    print "pages without a limit, MB/s" \
        "$(awk -v p="$(figure "$work/moved.json" pages)" -v s="$(figure "$work/moved.json" seconds)" 'BEGIN { printf "%.0f", p * 4096 / s / 1e6 }')" \
        "$(figure "$work/moved.json" pages) pages in $(figure "$work/moved.json" seconds) s, all included; wanted: 1000 or more"
    stop
}

part_digest() {
    local guest=(--kernel builtin:cruncher --memory 64M --clock virtual --cmdline cruncher.rounds=800 --console none)
    base=$((20000 + RANDOM % 10000))
    "$vls" run "${guest[@]}" --engine "$engine" --stats "$work/never.json" 2>>"$work/log"
    for how in taken-over moved; do
        : >"$work/log"
        lead "${guest[@]}"
        if [[ $how == moved ]]; then
            receive --console none --stats "$work/$how.json"
            "$vls" migrate "bench-$$" 127.0.0.1:$((base + 3)) >/dev/null || failed=yes
        else
            follow --console none --stats "$work/$how.json"
            kill -KILL "$leader"
        fi
        wait "${children[-1]}" || failed=yes
        for same in instructions digest; do
            [[ $(figure "$work/$how.json" $same) == "$(figure "$work/never.json" $same)" ]] ||
                { echo "digest: $same of the guest that was $how differ" && failed=yes; }
        done
        print "digest of a guest that was $how" "$(figure "$work/$how.json" digest | cut -c 1-12)" \
            "never moved: $(figure "$work/never.json" digest | cut -c 1-12), after $(figure "$work/never.json" instructions) instructions"
        stop
    done
}

"$vls" --version >/dev/null # builds if needed
echo "host: $processors CPUs, load $(cut -d ' ' -f 1 /proc/loadavg); $(date -u +%Y-%m-%d); engine $engine; link of migrate: $rate, $delay"
for part in ${only//,/ }; do
    case $part in
        follow | failover | migrate)
            [[ $part != follow || $processors -gt 1 ]] || { echo "$part: skipped, one CPU is too few" && continue; }
            command -v passt >/dev/null || { echo "$part: skipped, passt is not installed" && continue; }
            ;;
        pages | digest) ;;
        *) fail "no part $part: see --help" ;;
    esac
    "part_$part"
done
[[ -z $failed ]]
