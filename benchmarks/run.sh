#!/usr/bin/env bash
# Whole-process measures of the embedded machine: speed on builtin:cruncher, time to the first guest
# instruction, memory beyond the guest's own. Prints a table; figures are medians of RUNS runs.
#
#   benchmarks/run.sh [RUNS]        default 5
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

runs=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# A number of the statistics file: stat FILE KEY
stat_of() {
    sed -n "s/.*\"$2\" *: *\"\{0,1\}\([0-9.a-z-]*\).*/\1/p" "$1" | head -n 1
}

./vls --version >&2 # builds if needed

for _ in $(seq "$runs"); do
    ./vls run --kernel builtin:cruncher --memory 64M --clock virtual --console none \
        --stats "$work/cruncher.json"
    stat_of "$work/cruncher.json" mips >>"$work/mips"
    stat_of "$work/cruncher.json" instructions >"$work/instructions"
done

# One instruction is the shortest run there is.
for _ in $(seq "$runs"); do
    start=$(date +%s%N)
    ./vls run --kernel builtin:hello --memory 64M --console none --max-instructions 1
    end=$(date +%s%N)
    echo $(((end - start) / 1000000)) >>"$work/start"
done

# The guest touches all of its memory, so that what is beyond it is the machine's.
memory_mib=256
for _ in $(seq "$runs"); do
    ./vls run --kernel builtin:diabolical --memory ${memory_mib}M --cmdline "mib=$((memory_mib - 16)) rounds=3" \
        --clock virtual --console none &
    pid=$!
    peak=0
    while kill -0 "$pid" 2>/dev/null; do
        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null || true)
        [[ -n $now && $now -gt $peak ]] && peak=$now
        sleep 0.05
    done
    wait "$pid"
    echo $((peak / 1024 - memory_mib)) >>"$work/memory"
done

printf '%-44s %s\n' \
    "host" "$(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "cruncher, million instructions a second" "$(median <"$work/mips")" \
    "cruncher, instructions" "$(cat "$work/instructions")" \
    "start to end of a one-instruction run, ms" "$(median <"$work/start")" \
    "resident beyond ${memory_mib} MiB of guest memory, MiB" "$(median <"$work/memory")"
