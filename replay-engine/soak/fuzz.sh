#!/usr/bin/env bash
# Fuzzes what reads traces, states, checkpoints and snapshots with Jazzer, one test after the other, for ten minutes
# each. What a default test run executes is their corpus in src/test/resources alone.
#
#   fuzz.sh [TEST]...      default: all tests; TEST is a part of a name as --list prints it
#   fuzz.sh --list
#
# What Jazzer finds interesting it keeps in .cifuzz-corpus of the module, and goes on from there the next time. An input
# that fails is put into the corpus in src/test/resources: it stays there as a test when the fault is mended. Exit code
# 1: there was one. A run that is killed leaves an input behind that has no fault.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
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
for argument; do
    case $argument in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --list) printf '%s\n' "${tests[@]}" && exit ;;
        *) wanted+=("$argument") ;;
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
    # Jazzer fuzzes one test a process.
    if JAZZER_FUZZ=1 mvn -B -pl "${test%%:*}" -am test -Dtest="${test#*:}" \
        -Dsurefire.failIfNoSpecifiedTests=false >"$log" 2>&1; then
        echo "$test: nothing found in $(sed -n 's/^.*#\([0-9][0-9]*\)[[:space:]].*$/\1/p' "$log" | tail -n 1) executions"
    else
        echo "$test: FAILED"
        grep -A 12 '== Java Exception\|^Caused by\|COMPILATION ERROR' "$log" | head -n 40
        failed=yes
    fi
done
[[ -z $failed ]]
