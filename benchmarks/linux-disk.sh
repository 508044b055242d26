#!/usr/bin/env bash
# Sequential throughput of disks through a Linux guest, MB/s: dd with O_DIRECT, 1 MiB at a time, as the guest
# measures it by its own clock. Needs busybox's ramdisk (pv-machine/linux); no root.
#
#   linux-disk.sh [--size MIB] [--runs N] [--kernel cloud|generic]
set -euo pipefail
export LC_ALL=C

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
vls=${VLS:-$root/vls}
size=256
runs=3
kernel=cloud

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --size) size=${2:?} ;;
        --runs) runs=${2:?} ;;
        --kernel) kernel=${2:?} ;;
        *) echo "linux-disk: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
    shift 2
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/script" <<GUEST
#!/bin/sh
# Hundredths of a second since the start.
now() { cut -d' ' -f1 /proc/uptime | tr -d .; }
rate() { # what, dd's arguments: MB/s by the guest's clock
    what=\$1
    shift
    sync
    start=\$(now)
    dd bs=1M count=$size "\$@" 2>/dev/null || echo "linux-disk: \$what failed"
    echo "linux-disk: \$what \$(($size * 1048576 / 10000 / (\$(now) - start)))"
}
for run in \$(seq $runs); do
    for disk in raw:xvda vhd:xvdb; do
        rate "\${disk%:*} write" if=/dev/zero of=/dev/\${disk#*:} oflag=direct
        rate "\${disk%:*} read" if=/dev/\${disk#*:} of=/dev/null iflag=direct
    done
done
GUEST
"$root/pv-machine/linux/make-ramdisk.sh" -o "$work/ramdisk" --kernel "$kernel" --script "$work/script"
"$vls" disk create "$work/raw.img" --size "${size}M"
"$vls" disk create "$work/disk.vhd" --size "${size}M"
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
"$vls" run --kernel "$cache/$kernel/vmlinuz" --ramdisk "$work/ramdisk" --memory 256M --cmdline "console=hvc0 quiet" \
    --disk "$work/raw.img" --disk "$work/disk.vhd" --timeout 1800 </dev/null | tr -d '\r' >"$work/console" ||
    { tail "$work/console" >&2 && exit 1; }
! grep failed "$work/console" >&2 || exit 1

# The median of each, and all.
for what in "raw write" "raw read" "vhd write" "vhd read"; do
    grep "^linux-disk: $what" "$work/console" | awk '{ print $NF }' | sort -n |
        awk -v what="$what" '{ all = all " " $1; value[NR] = $1 }
            END { printf "%-10s %5d MB/s  of%s\n", what, value[int((NR + 1) / 2)], all }'
done
