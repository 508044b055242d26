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
#                     checkpoints               vls record --checkpoint-every 300000000
#                     tcg                       QEMU
#                     rr-record, rr-replay      QEMU with -icount shift=auto, and the replay of that file
#                   default: all; where this vls cannot record, all without record and replay
#   --parts LIST    parts of the program, NAME or NAME=ROUNDS, separated by commas (all)
#   --keep DIR      keeps what each run printed, with the time of each line
#
# Runs alternate: first all columns once, then all again. Fails with 1 if a guest does not come to its end,
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
rm -f "$work/workload" "$work"/*.lines

# User and system time in ticks of 10 ms, of a process or thread by its stat file; 0 if it is gone.
ticks() {
    local line
    { read -r line <"$1"; } 2>/dev/null || line=") $(printf '0 %.0s' {1..13})"
    # shellcheck disable=SC2086 # the fields behind the name in brackets
    set -- ${line##*) }
    echo $((${12} + ${13}))
}

# The thread of process $1 that executes the guest: java's first with code, or QEMU's for the processor.
guest_thread() {
    local task name most=-1 found=
    for task in /proc/"$1"/task/*; do
        read -r name 2>/dev/null <"$task/comm" || continue
        if [[ $name == java || $name == CPU* ]] && (($(ticks "$task/stat") > most)); then
            most=$(ticks "$task/stat")
            found=$task
        fi
    done
    echo "$found"
}

# Runs "$@", column $1 of this turn, to its end. Puts in front of each line that it prints the time, and the
# ticks that the process and the guest's thread have taken.
measure() {
    local name=$1 lines=$work/$1.$turn.lines pid child= thread= line
    shift
    echo "$EPOCHREALTIME 0 0 start" >"$lines"
    exec 8< <(exec timeout --foreground "$patience" "$@" 2>"$work/$name.errors" </dev/null)
    pid=$!
    while IFS= read -r line <&8; do
        if [[ $line == *"workload:"* || $line == *"vls: up"* ]]; then
            child=${child:-$(pgrep -P "$pid")}
            thread=${thread:-$(guest_thread "$child")}
            line="$(ticks "/proc/$child/stat") $(ticks "$thread/stat") $line"
        else
            line="0 0 $line"
        fi
        echo "$EPOCHREALTIME ${line%$'\r'}" >>"$lines"
    done
    exec 8<&-
    wait "$pid" || fail 1 "$name: exit code $?: $(tail -n 3 "$work/$name.errors" "$lines")"
    grep -q 'vls: status 0$' "$lines" || fail 1 "$name: the program did not end: $(tail -n 5 "$lines")"
    awk -v name="$name" 'NR == 1 { start = $1 } END { printf "%s: %.1f s in all\n", name, $1 - start }' "$lines" >&2
}

ours=(--kernel "$kernel" --ramdisk "$work/ramdisk.cpio" --memory $memory --cmdline "console=hvc0 quiet")
qemu=(qemu-system-x86_64 -name guest,debug-threads=on -accel tcg -smp 1 -m $memory -display none -no-reboot -serial stdio -monitor none -nic none
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
            checkpoints)
                measure checkpoints "$vls" record "${engine[@]}" "${ours[@]}" -o "$work/checkpoints.vls" \
                    --checkpoint-every 300000000
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
for column in $columns; do
    for turn in $(seq "$runs"); do
        # Lines "column part seconds process-seconds thread-seconds check".
        awk -v column="$column" '
            function row(part, check) {
                printf "%s %s %f %f %f %s\n", column, part, $1 - time, ($2 - process) / 100, ($3 - thread) / 100, check
            }
            NR == 1 { time = $1 }
            / vls: up$/ && !up++ { row("boot") }
            $4 == "workload:" && $5 == "begin" {
                time = $1; process = $2; thread = $3
                if (!begun++) { first_time = $1; first_process = $2; first_thread = $3 }
            }
            $4 == "workload:" && $5 == "end" { row($6, $7); last = $0 }
            END { $0 = last; time = first_time; process = first_process; thread = first_thread; row("workload") }
        ' "$work/$column.$turn.lines"
    done
done >"$work/figures"

# The parts in the order in which they ran.
{
    echo boot
    awk '/workload: end/ { print $6 }' "$work/${columns%% *}.1.lines"
    echo workload
} >"$work/order"

# A table of medians of what stands in field $1 of the figures.
table() {
    sort -s -k1,2 -k"$1"n "$work/figures" | awk -v columns="$columns" -v runs="$runs" -v field="$1" '
        function ratio(a, b) {
            return (a, row) in median && median[b, row] > 0 ? sprintf("%.2f", median[a, row] / median[b, row]) : ""
        }
        FILENAME != "-" { order[++rows] = $1; next }
        ++seen[$1, $2] == int((runs + 1) / 2) { median[$1, $2] = $field }
        END {
            count = split(columns, column, " ")
            printf "%-10s", ""
            for (c = 1; c <= count; c++) printf "%12s", column[c]
            printf "%16s%16s%16s\n", "translator/tcg", "record/rr", "replay/rr"
            for (r = 1; r <= rows; r++) {
                row = order[r]
                printf "%-10s", row
                for (c = 1; c <= count; c++) printf "%12.2f", median[column[c], row]
                printf "%16s%16s%16s\n", ratio("tcg", "translator"), ratio("rr-record", "record"), ratio("rr-replay", "replay")
            }
        }' "$work/order" -
}

echo
echo "medians of $runs runs, seconds; the last columns say how many times as fast as QEMU; boot: to the first user process"
table 3
echo
echo "seconds of processor time of the thread that executes the guest: what counts where the host is busy"
table 5
echo
echo "seconds of processor time of the whole process, compilers included"
table 4
awk '
    $6 != "" && check[$2] != "" && check[$2] != $6 { print "DIFFERENT: " $1 " computes " $6 " in " $2; wrong = 1 }
    $6 != "" { check[$2] = $6 }
    END { exit wrong }' "$work/figures"
