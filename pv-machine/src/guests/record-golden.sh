#!/bin/bash
# Records what the guests print on real Xen, as unprivileged domains, into the test resources.
#
#   XEN_TESTBED=DIR ./record-golden.sh [-o DIR] [NAME...]
#
# XEN_TESTBED is a directory with dom0.sh, which boots Xen with a Linux dom0 in QEMU and runs a
# command there. NAME is as in `make names` (conformance/exceptions); without one, all of them that
# have a golden file are recorded anew. -o DIR writes there instead, and no provenance.
set -euo pipefail
cd "$(dirname "$0")"
: "${XEN_TESTBED:?set it to the directory of the Xen test bed}"
golden=../test/resources/conformance
provenance=1
if [ "${1:-}" = -o ]; then golden=$2; provenance=; shift 2; fi
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(make -s names | grep -E '^(conformance|crash)/|^hello$')

make -s all
share=$(mktemp -d)
trap 'rm -rf "$share"' EXIT
cp domu-loop.sh "$share"
mkdir "$share/out"
for name in "${names[@]}"; do
    mkdir -p "$share/$(dirname "$name")"
    cp "build/$name.elf" "$share/$name.elf"
    echo "$name 32 2 ${GUEST_CMDLINE:-}"
done > "$share/names"
"$XEN_TESTBED/dom0.sh" --share "$share" --timeout "${TIMEOUT:-900}" -- \
    'xl info | grep -E "^xen_(version|commandline)|^(release)" > /share/out/versions;
     sh /share/domu-loop.sh'

for name in "${names[@]}"; do
    mkdir -p "$golden/$(dirname "$name")"
    target=$golden/${name#conformance/}
    case $name in crash/*) mkdir -p "$golden/crash" ;; esac
    if [ -f "$share/out/$name.txt" ]; then
        { cat "$share/out/$name.txt"; echo "exit: $(cat "$share/out/$name.exit")"; } > "$target.txt"
        cp "$share/out/$name.xen" "$target.xen.log" 2>/dev/null || true
    else
        echo "$name: nothing recorded ($(cat "$share/out/$name.exit" 2>/dev/null))" >&2
    fi
done
cat "$share/out/versions"
