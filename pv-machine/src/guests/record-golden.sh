#!/bin/bash
# Records what the guests print on real Xen, as unprivileged domains, into the test resources.
#
#   XEN_TESTBED=DIR ./record-golden.sh [-o DIR] [NAME...]
#
# XEN_TESTBED is a directory with dom0.sh, which boots Xen with a Linux dom0 in QEMU and runs a
# command there. NAME is as in `make names` (conformance/exceptions); without one, every guest whose
# output is the same in every run is recorded, and the provenance file is written anew.
# -o DIR writes there instead.
set -euo pipefail
cd "$(dirname "$0")"
: "${XEN_TESTBED:?set it to the directory of the Xen test bed}"
golden=../test/resources/conformance
if [ "${1:-}" = -o ]; then golden=$2; shift 2; fi
names=("$@")
all=
if [ ${#names[@]} -eq 0 ]; then
    all=1
    mapfile -t names < <(make -s names | grep -E '^(conformance|crash)/|^(hello|ticker|cruncher)$')
fi
memory_mib=32
vcpus=2

make -s all
share=$(mktemp -d)
trap 'rm -rf "$share"' EXIT
cp domu-loop.sh "$share"
mkdir "$share/out"
for name in "${names[@]}"; do
    mkdir -p "$share/$(dirname "$name")"
    cp "build/$name.elf" "$share/$name.elf"
    case $name in
    cruncher) cmdline=cruncher.rounds=4 ;; # as GuestFiles.commandLine in the tests has it
    *) cmdline= ;;
    esac
    echo "$name $memory_mib $vcpus $cmdline"
done > "$share/names"
"$XEN_TESTBED/dom0.sh" --share "$share" --timeout "${TIMEOUT:-1800}" -- \
    'xl info > /share/out/versions; sh /share/domu-loop.sh'

# The kind of crash: what Xen says before the registers, without numbers of the day.
crash_kind() {
    sed -n -e '/^(XEN) ----\[/q' \
        -e 's/\bd[0-9]*v\([0-9]\)/dNv\1/g; s/Domain [0-9]*/Domain N/; s/on cpu#[0-9]*/on cpu#N/' \
        -e 's/^\(.* domain_crash[a-z_]* called\) .*/\1/; s/for domain [0-9]*/for domain N/' \
        -e 's/L\([1-4]\)\[\(0x[0-9a-f]*\)\].*/L\1[\2]/' \
        -e 's/^(XEN) //p' "$1"
}

mkdir -p "$golden/crash"
for name in "${names[@]}"; do
    target=$golden/${name#conformance/}
    if [ ! -f "$share/out/$name.txt" ]; then
        echo "$name: nothing recorded ($(cat "$share/out/$name.exit" 2>/dev/null))" >&2
        continue
    fi
    { cat "$share/out/$name.txt"; echo "exit: $(cat "$share/out/$name.exit")"; } > "$target.txt"
    case $name in crash/*) crash_kind "$share/out/$name.xen" > "$target.xen.txt" ;; esac
done

info() { sed -n "s/^$1 *: *//p" "$share/out/versions"; }
[ -z "$all" ] || cat > "$golden/PROVENANCE.md" <<PROVENANCE
# Where these files come from

Recorded by \`record-golden.sh\` (in \`pv-machine/src/guests\`) on $(date -u +%Y-%m-%d), each guest as an
unprivileged PV domain of $memory_mib MiB and $vcpus vCPUs, started by \`xl create\`, console through the PV ring.

| | |
| --- | --- |
| Xen | $(info xen_version), package ${XEN_PACKAGE:-of Debian 12}, changeset/build id $(info build_id) |
| dom0 | Linux $(info release) |
| machine | $("${XEN_TESTBED_QEMU:-qemu-system-x86_64}" --version | head -n 1), TCG, -cpu ${XEN_TESTBED_CPU:-qemu64} |
| guests | built with gcc $(gcc -dumpfullversion) |

\`NAME.txt\` is the console, and how the domain ended (\`exit:\`). \`crash/NAME.xen.txt\` is what Xen said of the
crash before the registers, with domain and CPU numbers and Xen's own addresses taken out.
PROVENANCE
