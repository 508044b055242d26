#!/usr/bin/env bash
# What recording costs while a guest runs: one Linux guest that does the same work over and over, and whose recording is
# switched on and off (vls attach, vls detach) in turns. Nothing else changes between the two, neither code that HotSpot
# has compiled nor the guest, so that this is sharper than whole runs are (record-cost.sh), and leaves out what starting takes.
#
#   record-switch.sh [--engine E] [--turns N] [--rounds N] [--warm-up N] [--parts LIST] [--keep DIR]
#
#   --engine E      interpreter or translator (translator)
#   --turns N       how often it is switched on, and off (10)
#   --rounds N      rounds of the work in each state (12); the first is left out: the state before it is being saved
#   --warm-up N     rounds before the first turn (60)
#   --parts LIST    the work of a round, as of linux-workload.sh (syscall=60,clock=60,pipe=12,integer=12000)
#
# A line a part: microseconds of a round by the host's clock, not recorded and recorded (medians of all), their ratio,
# and the median of the turns' ratios, each of a state's rounds to the mean of the two states beside it. Wanted: at most 1.03.
# The guest's clock would not do: between two looks at the host's it counts instructions.
# Needs gcc, and what pv-machine/linux/fetch-kernels.sh has fetched (it is called).
set -euo pipefail
export LC_ALL=C
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
engine=translator
turns=10
rounds=12
warm_up=60
parts=syscall=60,clock=60,pipe=12,integer=12000
keep=
vls=${VLS:-./vls}

fail() {
    echo "record-switch: $2" >&2
    exit "$1"
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail 2 "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --engine) engine=$2 ;;
        --turns) turns=$2 ;;
        --rounds) rounds=$2 ;;
        --warm-up) warm_up=$2 ;;
        --parts) parts=$2 ;;
        --keep) keep=$2 ;;
        *) fail 2 "unknown argument $1: see --help" ;;
    esac
    shift 2
done
work=${keep:-$(mktemp -d)}
mkdir -p "$work"
name=record-switch-$$
guest=
finish() {
    [[ -z $guest ]] || kill "$guest" 2>/dev/null || true
    wait 2>/dev/null || true
    [[ -n $keep ]] || rm -rf "$work"
}
trap finish EXIT

"$vls" --version >&2 # builds if needed
kernel=$(pv-machine/linux/fetch-kernels.sh cloud)
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/workload" benchmarks/workload/workload.c -lm
printf '#!/bin/sh\nwhile :; do workload %s; echo round; done\n' "${parts//,/ }" >"$work/script"
pv-machine/linux/make-ramdisk.sh -o "$work/ramdisk.cpio" --no-modules --add "$work/workload" --script "$work/script"

: >"$work/console"
"$vls" run --engine "$engine" --kernel "$kernel" --ramdisk "$work/ramdisk.cpio" --memory 256M --cmdline "console=hvc0 quiet" \
    --name "$name" 2>"$work/errors" </dev/null > >(
    while IFS= read -r line; do
        [[ $line != *workload:* && $line != round* ]] || echo "$EPOCHREALTIME ${line%$'\r'}"
    done >>"$work/console"
) &
guest=$!

done_rounds() {
    grep -c ' round' "$work/console" || true
}

# Waits until the guest has done $1 rounds.
await_rounds() {
    while (($(done_rounds) < $1)); do
        kill -0 "$guest" 2>/dev/null || fail 1 "the guest has ended: $(tail -n 3 "$work/errors" "$work/console")"
        sleep 0.2
    done
}

await_rounds "$warm_up"
: >"$work/states"
for turn in $(seq $((2 * turns + 1))); do
    if ((turn % 2 == 0)); then
        "$vls" attach "$name" -o "$work/trace" >/dev/null
        state=recorded
    else
        state=plain
    fi
    # One round is under way as the state begins, and one behind it is left out.
    from=$(($(done_rounds) + 2))
    await_rounds $((from + rounds - 1))
    echo "$state $turn $from $((from + rounds - 2))" >>"$work/states"
    echo "turn $turn of $((2 * turns + 1)): $state" >&2
    [[ $state == plain ]] || "$vls" detach "$name" >/dev/null
done

echo "host: $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
echo "$engine, $turns turns of $((rounds - 1)) rounds; the last recording has $(stat -c %s "$work/trace") bytes"
awk -v states="$work/states" '
    function median(list, count,    i, j, t) {
        for (i = 2; i <= count; i++)
            for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
        return list[int((count + 1) / 2)]
    }
    function show(part,    i, n, ratio, list) {
        for (i = 2; i < turns; i += 2)
            list[++n] = 2 * sum[part, i] / (sum[part, i - 1] + sum[part, i + 1])
        for (i = 1; i <= many[part, "plain"]; i++) p[i] = value[part, "plain", i]
        for (i = 1; i <= many[part, "recorded"]; i++) r[i] = value[part, "recorded", i]
        a = median(p, many[part, "plain"])
        b = median(r, many[part, "recorded"])
        printf "%-10s%12.0f%12.0f%10.3f%10.3f\n", part, a, b, b / a, median(list, n)
    }
    function add(part, taken) {
        value[part, state, ++many[part, state]] = taken
        sum[part, turn] += taken
    }
    BEGIN {
        while ((getline line <states) > 0) {
            split(line, f, " ")
            turns = f[2]
            for (i = f[3]; i <= f[4]; i++) { state_of[i] = f[1]; turn_of[i] = f[2] }
        }
    }
    # The line behind the first round is the second one, number 1.
    $3 == "begin" { began = $1 }
    $3 == "end" && round in state_of {
        state = state_of[round]
        turn = turn_of[round]
        if (!($4 in known)) { known[$4] = 1; order[++count] = $4 }
        add($4, ($1 - began) * 1e6)
        whole += ($1 - began) * 1e6
    }
    $2 == "round" {
        if (round in state_of) add("all", whole)
        whole = 0
        round++
    }
    END {
        printf "%-10s%12s%12s%10s%10s\n", "", "plain us", "recorded us", "ratio", "of turns"
        for (i = 1; i <= count; i++) show(order[i])
        show("all")
    }' "$work/console"
