#!/usr/bin/env bash
# Records Linux guests that work on their network and disks, and replays each recording in another process
# without any of those peers: every digest of the trace and the final state must be equal.
#
#   soak.sh [--runs N] [--seconds S] [--minutes M] [--keep DIR] [--short]
#
#   --runs N       recordings (24)
#   --seconds S    how long the guest of each works, beside booting (15)
#   --minutes M    the last guest works for M minutes instead
#   --keep DIR     works there, and leaves traces and consoles behind
#   --short        the same as --runs 2 --seconds 3: for continuous integration
#
# A guest fetches files by HTTP from this host through passt, writes them to a raw disk and a VHD with ext4,
# reads them again, prints sums, and rests a little. Runs differ: 1 or 2 vCPUs, the engine that records and
# that replays, whether what is read from disks is in the trace (then replay gets no images).
#
# VLS is the command to test, default that of this checkout. Needs passt and mke2fs;
# exit code 0: all equal; 1: not; 77: this host lacks something, and a line says what.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
linux=$here/../pv-machine/linux
vls=${VLS:-$here/../vls}
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
runs=24
seconds=15
minutes=0
keep=
children=()

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --short) runs=2 seconds=3 && shift && continue ;;
    esac
    [[ $# -ge 2 ]] || { echo "soak: $1: unknown, or its argument is missing: see --help" >&2 && exit 2; }
    case $1 in
        --runs) runs=$2 ;;
        --seconds) seconds=$2 ;;
        --minutes) minutes=$2 ;;
        --keep) keep=$2 ;;
        *) echo "soak: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
    shift 2
done
for tool in passt mke2fs; do
    command -v "$tool" >/dev/null || { echo "soak: skipped: no $tool here (apt-get install passt e2fsprogs)" && exit 77; }
done

work=${keep:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
stop_children() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    children=()
}
cleanup() {
    stop_children
    [[ -n $keep ]] || rm -rf "$work"
}
trap cleanup EXIT

# Starts a program that stop_children ends.
start() {
    "$@" </dev/null >>"$work/children.log" 2>&1 &
    children+=($!)
}

"$vls" --version >/dev/null # builds if needed
"$linux/fetch-kernels.sh" cloud >/dev/null
cat >"$work/script" <<'GUEST'
#!/bin/sh
# soak.seconds=S soak.http=PORT on the kernel's command line.
for word in $(cat /proc/cmdline); do
    case $word in
        soak.seconds=*) seconds=${word#*=} ;;
        soak.http=*) http=${word#*=} ;;
    esac
done
host=$(ip route | awk '/^default/ { print $3 }')
mkdir -p /a /b
mount -t ext4 /dev/xvda /a && mount -t ext4 /dev/xvdb /b || echo "soak: FAILED to mount"
(cd /a && sha256sum -c before >/dev/null) && echo "soak: disk as before" || echo "soak: FAILED: disk"
end=$(($(cut -d. -f1 /proc/uptime) + seconds))
round=0
while [ "$(cut -d. -f1 /proc/uptime)" -lt $end ] || [ $round -lt 2 ]; do
    round=$((round + 1))
    wget -q -O /a/fetched "http://$host:$http/data$((round % 3))" || echo "soak: FAILED to fetch"
    head -c 300000 /dev/urandom >/a/random
    cp /a/fetched "/b/file$((round % 5))"
    cat /a/random >>/b/log && [ "$(wc -c </b/log)" -lt 8000000 ] || rm /b/log
    sync
    echo 3 >/proc/sys/vm/drop_caches
    echo "soak: $round $(cat /a/fetched /a/random /b/file* | sha256sum | cut -c1-16) $(date +%s.%N)"
    sleep 0.$((round % 7))
done
umount /a /b
cat /sys/class/net/eth0/statistics/rx_bytes
echo "soak: done after $round rounds"
GUEST
"$linux/make-ramdisk.sh" -o "$work/ramdisk" --script "$work/script"
mkdir -p "$work/files" "$work/www"
head -c 700000 /dev/urandom >"$work/files/old"
(cd "$work/files" && sha256sum old >before)
for i in 0 1 2; do head -c $((200000 * (i + 1))) /dev/urandom >"$work/www/data$i"; done
rm -f "$work"/*.img "$work"/*.vhd "$work"/*.avhd
truncate -s 48M "$work/a.img"
mke2fs -q -t ext4 -d "$work/files" "$work/a.img"
truncate -s 48M "$work/b.img"
mke2fs -q -t ext4 "$work/b.img"
"$vls" disk convert "$work/b.img" "$work/b.vhd"
sha256sum "$work/a.img" "$work/b.vhd" >"$work/untouched"

# The number or text of member $2 in the statistics file $1.
figure() {
    sed -n "s/^ *\"$2\" : \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" "$1"
}

# Recording and replay number $1, with a guest that works for $2 seconds.
one() {
    local run=$1 length=$2 base=$((20000 + RANDOM % 10000)) name=$work/run$1
    local vcpus=$((1 + run % 2)) engines=(interpreter translator) disks=() data=()
    local recorder=${engines[run / 2 % 2]} replayer=${engines[run / 4 % 2]}
    rm -f "$name".* "$work/passt.sock"
    if ((run % 3 == 2)); then
        data=(--log-disk-data)
    fi
    start "$cache/busybox" httpd -f -h "$work/www" -p "$base"
    local as=()
    [[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach
    start passt -f -s "$work/passt.sock" "${as[@]}"
    for _ in 1 2 3 4 5 6 7 8 9 10; do [[ -S $work/passt.sock ]] || sleep 1; done
    timeout $((length * 20 + 900)) "$vls" record --kernel "$cache/cloud/vmlinuz" --ramdisk "$work/ramdisk" \
        --memory 192M --vcpus "$vcpus" --engine "$recorder" "${data[@]}" --digest-every 300000000 \
        --cmdline "console=hvc0 quiet vls.ip=dhcp soak.seconds=$length soak.http=$base" \
        --disk "$work/a.img" --disk "$work/b.vhd" --net "socket=$work/passt.sock" \
        -o "$name.vls" --stats "$name.recorded" </dev/null >"$name.console" 2>"$name.log" ||
        { echo "run $run: recording failed: $(tail -n 3 "$name.log")" && stop_children && return 1; }
    stop_children
    grep -q "soak: done" "$name.console" && ! grep -q "soak: FAILED" "$name.console" ||
        { echo "run $run: the guest failed: $(grep -a soak: "$name.console" | tail -n 3)" && return 1; }
    if [[ ${#data[@]} -gt 0 ]]; then
        mkdir -p "$work/away"
        mv "$work/a.img" "$work/b.vhd" "$work/away"
    fi
    local status=0
    timeout $((length * 20 + 900)) "$vls" replay "$name.vls" --verify --engine "$replayer" \
        --stats "$name.replayed" >"$name.again" 2>"$name.replay" </dev/null || status=$?
    [[ ${#data[@]} -eq 0 ]] || mv "$work"/away/* "$work"
    local equal=equal
    for member in instructions digest outputs exit; do
        [[ $(figure "$name.recorded" $member) == "$(figure "$name.replayed" $member)" ]] || equal=DIFFERENT
    done
    cmp -s "$name.console" "$name.again" || equal=DIFFERENT
    [[ $status -eq 0 ]] || equal="DIFFERENT ($status)"
    sha256sum --quiet -c "$work/untouched" || equal="DIFFERENT (an image was written)"
    printf 'run %d: %d vCPUs, %s, %s%s: %s; %s instructions, %.0f s recorded, %.0f s replayed, %d bytes of trace: %s\n' \
        "$run" "$vcpus" "$recorder" "$replayer" "${data:+, data logged}" \
        "$(tail -n 1 "$name.replay")" "$(figure "$name.recorded" instructions)" \
        "$(figure "$name.recorded" wall_seconds)" "$(figure "$name.replayed" wall_seconds)" \
        "$(stat -c %s "$name.vls")" "$equal"
    [[ -n $keep ]] || rm -f "$name".*
    rm -f "$name".xvd?.avhd
    [[ $equal == equal ]]
}

good=0
for run in $(seq "$runs"); do
    length=$seconds
    if [[ $run -eq $runs && $minutes -gt 0 ]]; then
        length=$((minutes * 60))
    fi
    ! one "$run" "$length" || good=$((good + 1))
done
echo "soak: $good of $runs equal"
[[ $good -eq $runs ]]
