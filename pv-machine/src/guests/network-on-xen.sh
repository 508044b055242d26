#!/bin/bash
# Runs the guests that have a network interface on real Xen, against xen-netback and Linux, and says
# what came of it. Exit code 0: nothing failed.
#
#   XEN_TESTBED=DIR ./network-on-xen.sh
#
# XEN_TESTBED is as for record-golden.sh.
set -euo pipefail
cd "$(dirname "$0")"
: "${XEN_TESTBED:?set it to the directory of the Xen test bed}"

make -s all
share=$(mktemp -d)
trap 'rm -rf "$share"' EXIT
cp domu-network.sh domu-network.py build/{webserver,ledger,arena,diabolical}.elf "$share"
"$XEN_TESTBED/dom0.sh" --share "$share" --timeout "${TIMEOUT:-600}" -- 'sh /share/domu-network.sh' |
    tee "$share/said"
! grep -q FAILED "$share/said" && [ "$(grep -c ': ok$' "$share/said")" -eq 4 ]
