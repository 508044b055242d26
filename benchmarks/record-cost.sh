#!/usr/bin/env bash
# What recording costs, and how fast a replay is: Linux with the program of linux-workload.sh, in one go and in turns as it
# is, recorded, recorded with checkpoints, and replayed; in both engines. Prints medians of ratios, each of two runs
# that followed each other: what else the machine does meets both.
#
#   record-cost.sh [--runs N] [--engines LIST] [--parts LIST] [--keep DIR]
#
#   --runs N         turns (5)
#   --engines LIST   interpreter,translator
#   --parts LIST     parts of the program, as of linux-workload.sh (all)
#
# Wanted: recorded at most 1.03, replayed at most 1.00. By the host's clock that means something only on a quiet host; processor time of the
# guest's thread says what recording itself takes. VLS is the command to measure.
set -euo pipefail
export LC_ALL=C
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
runs=5
engines=interpreter,translator
parts=()
keep=

fail() {
    echo "record-cost: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --runs) runs=$2 ;;
        --engines) engines=$2 ;;
        --parts) parts=(--parts "$2") ;;
        --keep) keep=$2 ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
work=${keep:-$(mktemp -d)}
mkdir -p "$work"
[[ -n $keep ]] || trap 'rm -rf "$work"' EXIT

# Lines of figures are "column part seconds process-seconds thread-seconds check", of a column and part in the order of
# their turns; medians of those of field $2 of file $1.
table() {
    awk -v field="$2" -v plain="$3" '
        function median(list, count,    i, j, t) {
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
            return list[int((count + 1) / 2)]
        }
        {
            n = ++turns[$1, $2]
            value[$1, $2, n] = $field
            if ($1 == plain && n == 1) parts[++count] = $2
        }
        END {
            printf "%-10s%12s%12s%12s%12s\n", "", "seconds", "recorded", "checkpoints", "replayed"
            split("record checkpoints replay", columns, " ")
            for (p = 1; p <= count; p++) {
                part = parts[p]
                n = turns[plain, part]
                for (t = 1; t <= n; t++) list[t] = value[plain, part, t]
                printf "%-10s%12.2f", part, median(list, n)
                for (c = 1; c <= 3; c++) {
                    m = 0
                    for (t = 1; t <= n; t++)
                        if (value[plain, part, t] > 0) list[++m] = value[columns[c], part, t] / value[plain, part, t]
                    if (m > 0) printf "%12.3f", median(list, m); else printf "%12s", "-"
                }
                printf "\n"
            }
        }' "$1"
}

for engine in ${engines//,/ }; do
    ENGINE=$engine "$here/linux-workload.sh" --runs "$runs" --columns "$engine,record,checkpoints,replay" \
        --keep "$work/$engine" "${parts[@]}" >"$work/$engine.log"
    grep -E '^(host|kernel|trace):' "$work/$engine.log"
    echo
    echo "$engine, medians of $runs turns: seconds as it is, and how many times that the others take"
    table "$work/$engine/figures" 3 "$engine"
    echo
    echo "$engine, processor time of the guest's thread"
    table "$work/$engine/figures" 5 "$engine"
    echo
done
