#!/usr/bin/env bash
# What an idle Linux guest costs its host: CPU time (user and system) of the whole vls process over a
# time in which a shell waits for input at the console.
#
#   benchmarks/idle.sh [SECONDS] [VCPUS]        default 60 and 1
#
# Needs the kernels of pv-machine/linux/fetch-kernels.sh; KERNEL and RAMDISK name others.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
vcpus=${2:-1}
work=$(mktemp -d)
name=idle-$$
trap './vls destroy "$name" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

ramdisk=${RAMDISK:-$work/ramdisk.cpio}
if [[ -z ${RAMDISK:-} ]]; then
    pv-machine/linux/make-ramdisk.sh -o "$ramdisk"
fi
./vls --version >&2 # builds if needed

# The launcher becomes the JVM, so that the job is the process that runs the guest.
./vls run --kernel "${KERNEL:-$HOME/.cache/vls/linux/cloud/vmlinuz}" --ramdisk "$ramdisk" --vcpus "$vcpus" \
    --cmdline "console=hvc0 ${CMDLINE:-}" --console "file=$work/console" --name "$name" 2>/dev/null &
pid=$!
until grep -q '# ' "$work/console" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || { echo "idle.sh: the guest ended before its shell" >&2; exit 1; }
    sleep 1
done
sleep 20 # what the kernel does once, some time after booting

# Clock ticks of a hundredth of a second: utime and stime.
cpu_ticks() {
    sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }'
}

before=$(cpu_ticks)
sleep "$seconds"
after=$(cpu_ticks)
awk -v ticks=$((after - before)) -v seconds="$seconds" -v vcpus="$vcpus" \
    'BEGIN { printf "idle guest with %d vCPU: %.2f %% of a core over %d s\n", vcpus, ticks / seconds, seconds }'
