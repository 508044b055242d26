#!/usr/bin/env bash
# Boot of Debian's cloud kernel with a busybox ramdisk to its first user process, on the embedded
# machine and on QEMU's translator (TCG), side by side: same kernel, same ramdisk, a run of each in
# turn. Prints the medians of wall time and of processor time, and their ratios.
#
#   benchmarks/linux-boot.sh [RUNS]        default 5
#
# Needs qemu-system-x86_64 and what pv-machine/linux/fetch-kernels.sh has fetched (it is called).
# QEMU boots the kernel on emulated PC hardware with a serial console, one virtual processor; ours is a
# PV guest with one vCPU. The clock runs from the command to the line "vls: up" that the first user
# process writes.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

runs=${1:-5}
patience=${VLS_BENCH_PATIENCE:-300}
memory=256M
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v qemu-system-x86_64 >/dev/null ||
    { echo "linux-boot: no qemu-system-x86_64 here: apt-get install qemu-system-x86" >&2; exit 2; }

kernel=$(pv-machine/linux/fetch-kernels.sh cloud)
pv-machine/linux/make-ramdisk.sh -o "$work/ramdisk.cpio"
./vls --version >&2 # builds if needed

# Runs "$@" until it prints the first process's line: appends seconds to $work/$1.wall and $1.cpu.
measure() {
    local name=$1 start end pid cpu line found=
    shift
    start=$(date +%s%N)
    exec 8< <(exec timeout --foreground "$patience" "$@" 2>/dev/null </dev/null)
    pid=$!
    while IFS= read -r line <&8; do
        if [[ $line == *"vls: up"* ]]; then
            found=yes
            break
        fi
    done
    end=$(date +%s%N)
    [[ -n $found ]] || { echo "linux-boot: $name did not reach its first process" >&2; exit 1; }
    # timeout's child is what was measured; user and system time in ticks of 10 ms.
    cpu=$(awk '{ print ($14 + $15) / 100 }' "/proc/$(pgrep -P "$pid")/stat")
    kill "$pid"
    exec 8<&-
    wait "$pid" 2>/dev/null || true
    awk -v ns=$((end - start)) 'BEGIN { printf "%.2f\n", ns / 1e9 }' >>"$work/$name.wall"
    echo "$cpu" >>"$work/$name.cpu"
    echo "$name: $(tail -n 1 "$work/$name.wall") s, $cpu s of processor time" >&2
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for _ in $(seq "$runs"); do
    measure vls ./vls run --kernel "$kernel" --ramdisk "$work/ramdisk.cpio" --memory $memory \
        --cmdline "console=hvc0 vls.run=poweroff"
    measure qemu qemu-system-x86_64 -accel tcg -smp 1 -m $memory -display none -no-reboot -serial stdio -monitor none \
        -kernel "$kernel" -initrd "$work/ramdisk.cpio" -append "console=ttyS0 vls.run=poweroff"
done

echo "host: $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
echo "kernel: $(cat "$(dirname "$kernel")/version"), $memory; $(qemu-system-x86_64 --version | head -n 1)"
printf '%-24s %10s %10s %8s\n' "median of $runs runs" vls "QEMU TCG" ratio
for what in wall cpu; do
    printf '%-24s %10s %10s %8s\n' "$([[ $what == wall ]] && echo seconds || echo "processor seconds")" \
        "$(median "$work/vls.$what")" "$(median "$work/qemu.$what")" \
        "$(awk -v a="$(median "$work/vls.$what")" -v b="$(median "$work/qemu.$what")" 'BEGIN { printf "%.2f", a / b }')"
done
