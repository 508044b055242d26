#!/usr/bin/env bash
# A program of fixed work as a Linux guest's, on the embedded machine and on QEMU's translator (TCG), side
# by side: same Debian cloud kernel, same ramdisk, a run of each in turn. The work is benchmarks/workload.
# Prints medians of seconds by the host's clock, between the lines that the program writes to its console,
# and how many times QEMU's speed ours is.
#
#   linux-workload.sh [--runs N] [--columns LIST] [--parts LIST] [--keep DIR]
#
#   --runs N        runs of each column (1)
#   --columns LIST  separated by commas, from:
#                     interpreter, translator   vls run --engine ...
#                     record, replay            vls record, and vls replay of that trace
#                     tcg                       QEMU
#                     rr-record, rr-replay      QEMU with -icount shift=auto, and the replay of that file
#                   default: all; where this vls cannot record, all without record and replay
#   --parts LIST    parts of the program, NAME or NAME=ROUNDS, separated by commas (all)
#   --keep DIR      keeps what each run printed, with the time of each line
#
# "recorded cost" is the time of record over that of the same engine unrecorded. Runs alternate: first all columns once, then all again. Fails with 1 if a guest does not come to its end,
# or if two columns did not compute the same. VLS_BENCH_PATIENCE is the most seconds for one run (900);
# VLS the command to measure, ENGINE the engine that records and replays, RECORD_OPTIONS what vls record is
# to be given besides.
#
# Needs gcc, qemu-system-x86_64, and what pv-machine/linux/fetch-kernels.sh has fetched (it is called).
set -euo pipefail
export LC_ALL=C
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

runs=1
columns=
parts=
keep=
patience=${VLS_BENCH_PATIENCE:-900}
vls=${VLS:-./vls}
memory=256M

fail() {
    echo "linux-workload: $2" >&2
    exit "$1"
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail 2 "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --runs) runs=$2 ;;
        --columns) columns=${2//,/ } ;;
        --parts) parts=${2//,/ } ;;
        --keep) keep=$2 ;;
        *) fail 2 "unknown argument $1: see --help" ;;
    esac
    shift 2
done
for tool in gcc qemu-system-x86_64; do
    command -v "$tool" >/dev/null || fail 2 "no $tool here: apt-get install gcc libc6-dev qemu-system-x86"
done
work=${keep:-$(mktemp -d)}
mkdir -p "$work"
[[ -n $keep ]] || trap 'rm -rf "$work"' EXIT

"$vls" --version >&2 # builds if needed
if [[ -z $columns ]]; then
    columns="interpreter translator record replay tcg rr-record rr-replay"
    if ! "$vls" record --help >/dev/null 2>&1; then
        columns="interpreter translator tcg rr-record rr-replay"
    fi
fi
kernel=$(pv-machine/linux/fetch-kernels.sh cloud)
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/workload" benchmarks/workload/workload.c -lm
printf '#!/bin/sh\nworkload %s\n' "$parts" >"$work/script"
pv-machine/linux/make-ramdisk.sh -o "$work/ramdisk.cpio" --no-modules --add "$work/workload" --script "$work/script"
rm -f "$work/workload" "$work"/*.lines "$work"/*.cpu

# Puts the time in front of each line; the first stands for the start of the command.
stamped() {
    local line
    echo "$EPOCHREALTIME start"
    while IFS= read -r line; do
        echo "$EPOCHREALTIME ${line%$'\r'}"
    done
    echo "$EPOCHREALTIME end"
}

# Runs "$@", column $1 of this turn, to its end.
measure() {
    local name=$1 lines=$work/$1.$turn.lines
    shift
    TIMEFORMAT='%U %S'
    { time timeout --foreground "$patience" "$@" 2>"$work/$name.errors" </dev/null | stamped >"$lines"; } 2>"$work/$name.$turn.cpu" ||
        fail 1 "$name: exit code ${PIPESTATUS[0]}: $(tail -n 3 "$work/$name.errors" "$lines")"
    grep -q 'vls: status 0$' "$lines" || fail 1 "$name: the program did not end: $(tail -n 5 "$lines")"
    awk -v name="$name" 'NR == 1 { start = $1 } END { printf "%s: %.1f s in all\n", name, $1 - start }' "$lines" >&2
}

ours=(--kernel "$kernel" --ramdisk "$work/ramdisk.cpio" --memory $memory --cmdline "console=hvc0 quiet")
qemu=(qemu-system-x86_64 -accel tcg -smp 1 -m $memory -display none -no-reboot -serial stdio -monitor none -nic none
    -kernel "$kernel" -initrd "$work/ramdisk.cpio" -append "console=ttyS0 quiet")
engine=(--engine "${ENGINE:-translator}")
for turn in $(seq "$runs"); do
    for column in $columns; do
        case $column in
            interpreter | translator) measure $column "$vls" run --engine $column "${ours[@]}" ;;
            # shellcheck disable=SC2086 # options are words
            record)
                rm -f "$work/trace"
                measure record "$vls" record "${engine[@]}" "${ours[@]}" -o "$work/trace" ${RECORD_OPTIONS:-}
                awk -v bytes="$(stat -c %s "$work/trace")" 'NR == 1 { start = $1 } END { printf "trace: %d bytes, %.0f a second\n", bytes, bytes / ($1 - start) }' \
                    "$work/record.$turn.lines"
                ;;
            replay) measure replay "$vls" replay "$work/trace" "${engine[@]}" --console stdio ;;
            tcg) measure tcg "${qemu[@]}" ;;
            rr-record | rr-replay) measure "$column" "${qemu[@]}" -icount "shift=auto,rr=${column#rr-},rrfile=$work/rr" ;;
            *) fail 2 "no column $column: see --help" ;;
        esac
    done
done

echo "host: $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
echo "kernel: $(cat "$(dirname "$kernel")/version"), $memory; $(qemu-system-x86_64 --version | head -n 1)"
echo "medians of $runs runs, seconds; boot: to the first user process; processor: seconds of the whole process"
for column in $columns; do
    for turn in $(seq "$runs"); do
        awk -v column="$column" '
            FNR == 1 { start = $1 }
            / vls: up$/ && !up++ { print column, "boot", $1 - start }
            $2 == "workload:" && $3 == "begin" { begin = $1; first = first ? first : $1 }
            $2 == "workload:" && $3 == "end" { print column, $4, $1 - begin, $5; last = $1 }
            END { print column, "workload", last - first }' "$work/$column.$turn.lines"
        awk -v column="$column" '{ print column, "processor", $1 + $2 }' "$work/$column.$turn.cpu"
    done
done | sort -s -k1,2 -k3n >"$work/figures"

# The parts in the order in which they ran.
awk '/workload: end/ { print $4 }' "$work/${columns%% *}.1.lines" >"$work/order"
awk -v columns="$columns" -v runs="$runs" -v unrecorded="${engine[1]}" '
    function ratio(a, b) { return (a, row) in median && (b, row) in median ? sprintf("%.2f", median[a, row] / median[b, row]) : "" }
    FILENAME ~ /order$/ { order[++rows] = $1; next }
    {
        value[$1, $2, ++seen[$1, $2]] = $3
        if (seen[$1, $2] == int((runs + 1) / 2)) median[$1, $2] = $3
        if ($4 != "" && check[$2] != "" && check[$2] != $4) { print "DIFFERENT: " $1 " computes " $4 " in " $2; wrong = 1 }
        if ($4 != "") check[$2] = $4
    }
    END {
        order[0] = "boot"; order[++rows] = "workload"; order[++rows] = "processor"
        count = split(columns, column, " ")
        printf "%-10s", ""
        for (c = 1; c <= count; c++) printf "%12s", column[c]
        printf "%16s%16s%16s%16s\n", "translator/tcg", "record/rr", "replay/rr", "recorded cost"
        for (r = 0; r <= rows; r++) {
            row = order[r]
            printf "%-10s", row
            for (c = 1; c <= count; c++) printf "%12.2f", median[column[c], row]
            printf "%16s%16s%16s%16s\n", ratio("tcg", "translator"), ratio("rr-record", "record"), ratio("rr-replay", "replay"),
                ratio("record", unrecorded)
        }
        exit wrong
    }' "$work/order" "$work/figures"
