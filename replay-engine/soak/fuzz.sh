#!/usr/bin/env bash
# Fuzzes what reads traces, states, checkpoints and snapshots with Jazzer, one test after the other. What a default test
# run executes is their corpus in src/test/resources alone.
#
#   fuzz.sh [--seconds N] [TEST]...      default: 600 seconds each, all tests; TEST is a part of a name as --list prints it
#   fuzz.sh --list
#
# What Jazzer finds interesting it keeps in .cifuzz-corpus of the module, and goes on from there the next time. An input
# that fails is put into the corpus in src/test/resources: it stays there as a test when the fault is mended. Exit code 1: there was one.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
seconds=600
wanted=()
tests=(
    traces:TraceFuzzTest#anyBytesAreReadOrRefused
    pv-machine:StateFuzzTest#anyBytesAreRefusedOrRead
    pv-machine:StateFuzzTest#anyChangesAreRefusedOrMakeAMachine
    replay-engine:SnapshotFuzzTest#anyConfigurationIsReadOrRefused
    replay-engine:SnapshotFuzzTest#anyMemoryIsReadOrRefused
    replay-engine:SnapshotFuzzTest#anyCheckpointIsRestoredOrRefused
    replay-engine:ReplayFuzzTest#anyEventsAreReplayedOrRefused
)
while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --list) printf '%s\n' "${tests[@]}" && exit ;;
        --seconds) seconds=${2:?} && shift 2 ;;
        *) wanted+=("$1") && shift ;;
    esac
done

is_wanted() {
    local part
    [[ ${#wanted[@]} -gt 0 ]] || return 0
    for part in "${wanted[@]}"; do
        [[ $1 != *"$part"* ]] || return 0
    done
    return 1
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
for test in "${tests[@]}"; do
    is_wanted "$test" || continue
    # Compiled before the time begins; Jazzer fuzzes one test a process.
    module=${test%%:*} name=${test#*:}
    mvn -B -q -pl "$module" -am test-compile >"$log" 2>&1 || { tail -n 20 "$log" && exit 1; }
    status=0
    JAZZER_FUZZ=1 timeout --foreground "$seconds" mvn -B -pl "$module" -am test -Dtest="$name" \
        -Dsurefire.failIfNoSpecifiedTests=false >"$log" 2>&1 || status=$?
    executed=$(sed -n 's/^.*#\([0-9][0-9]*\)[[:space:]].*$/\1/p' "$log" | tail -n 1)
    if [[ $status -eq 0 || $status -eq 124 ]] && ! grep -q '== Java Exception' "$log"; then
        echo "$test: nothing found in ${executed:-no} executions"
    else
        echo "$test: FAILED"
        grep -A 12 '== Java Exception\|^\[ERROR\]' "$log" | head -n 40
        failed=yes
    fi
done
[[ -z $failed ]]
