#!/usr/bin/env bash
# Compares what a Debian kernel prints and shows of its machine here and on real Xen: boots it on the
# embedded machine with a ramdisk that runs the script "probe", and compares the console with that of
# the same kernel and ramdisk under Xen, which lies in xen/ beside this script.
#
#   compare-with-xen.sh [--kernel cloud|generic] [--vcpus N] [--console LOG]
#   compare-with-xen.sh --ramdisk FILE               makes the ramdisk, for a run under Xen
#   compare-with-xen.sh --record LOG --kernel K --vcpus N --provenance TEXT
#                                                    takes the console's log of a run under Xen
#
#   --console LOG       compares a log of the embedded machine's console instead of booting
#   --accept            takes what differs now for known
#
# xen/K-N.txt is what was seen under Xen, xen/K-N.differences what is known to differ and why
# (docs/linux.md). Exit code 0: no other difference; 1: there are some, printed; 2: cannot compare.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
kernel=cloud
vcpus=1
console=
record=
ramdisk=
provenance=
accept=

fail() {
    echo "compare-with-xen: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --accept) accept=yes && shift && continue ;;
    esac
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --kernel) kernel=$2 ;;
        --vcpus) vcpus=$2 ;;
        --console) console=$2 ;;
        --record) record=$2 ;;
        --ramdisk) ramdisk=$2 ;;
        --provenance) provenance=$2 ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done

make_ramdisk() {
    "$here/make-ramdisk.sh" -o "$1" --kernel "$kernel" --no-modules --script "$here/probe"
}

# What differs from run to run becomes the same: times, counts of interrupts, random identities. The
# kernel's log is compared without regard to order, which hangs on what finishes first. Blank lines go,
# and what the clock source's watchdog says of a host that is too busy.
normalise() {
    sed -E -e 's/\r//g' -e 's/^\[ *[0-9]+\.[0-9]+\] //' "$1" |
        sed -n '/^=== dmesg/,/^=== end/p' |
        sed -E -e 's/^( *[0-9A-Z]+:)( +[0-9]+)+( .*)$/\1 N\3/' -e 's/^( *[0-9A-Z]+:)( +[0-9]+)+$/\1 N/' \
            -e 's/ +/ /g' -e 's/^ //' -e 's/ $//' -e '/^$/d' -e '/^clocksource: Long readout interval/d' \
            -e 's/audit\([0-9.]+:1\)/audit(N:1)/' -e 's/(sched_clock: Marking stable).*/\1 N/' \
            -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/' \
            -e 's/(setting system clock to).*/\1 T/' -e 's/(Memory: )[0-9]+K/\1N/' -e 's/[0-9]+K reserved/N reserved/' |
        awk '/^===/ { close("sort"); print; fflush(); log_lines = /dmesg/; next }
             log_lines { print | "sort"; next } { print }'
}

version_of() {
    sed -nE 's/.*Linux version ([^ ]+) .*/\1/p' "$1" | head -n 1
}

if [[ -n $ramdisk ]]; then
    make_ramdisk "$ramdisk"
    exit
fi
expected=$here/xen/$kernel-$vcpus.txt
if [[ -n $record ]]; then
    [[ -n $provenance ]] || fail "--provenance TEXT is missing: which Xen, where, when"
    mkdir -p "$here/xen"
    { echo "# $provenance" && normalise "$record"; } >"$expected"
    grep -q '^=== end' "$expected" || fail "$record: the guest did not run to the end"
    exit
fi
[[ -r $expected ]] || fail "nothing is recorded of the $kernel kernel with $vcpus vCPUs under Xen"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -z $console ]]; then
    console=$work/console
    make_ramdisk "$work/ramdisk"
    "$root/vls" run --kernel "$cache/$kernel/vmlinuz" --ramdisk "$work/ramdisk" --memory 256M \
        --vcpus "$vcpus" --cmdline "console=hvc0" --console "file=$console"
fi
normalise "$console" >"$work/here"
grep -q '^=== end' "$work/here" || fail "the guest did not run to the end: see $console"
[[ $(version_of "$expected") == "$(version_of "$work/here")" ]] ||
    fail "Xen was seen with kernel $(version_of "$expected"), this is $(version_of "$work/here")"
known=$here/xen/$kernel-$vcpus.differences
diff <(grep -v '^#' "$expected") "$work/here" | grep '^[<>]' >"$work/differences" || true
if [[ -n $accept ]]; then
    { echo "# Why: docs/linux.md" && cat "$work/differences"; } >"$known"
fi
grep -hv '^#' "$known" >"$work/known" 2>/dev/null || true
if diff "$work/known" "$work/differences"; then
    echo "as on Xen, but for $(wc -l <"$work/known") lines that are known to differ"
else
    echo "compare-with-xen: other differences than the known ones, above" >&2
    exit 1
fi
