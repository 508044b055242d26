#!/usr/bin/env bash
# Leads a Linux guest with a disk and a network through its life, by vls of another process: suspend
# with resume --cancel, suspend with resume twice, balloon, pause, reboot, shutdown. After each the
# guest has to write to its disk and read it back, to fetch a file through the network, to follow its
# balloon's target in xenstore, and to say so on its console. Prints a line for each step that worked.
#
#   life-test.sh [--vcpus N] [--rootfs DISK] [--keep DIR]
#
#   --rootfs DISK  then shuts down the system on a copy of DISK too, which make-rootfs.sh built
#
# Needs passt and e2fsprogs; no root. VLS is the command to test, default that of this checkout.
# Exit code: 0 all is as it should be, 1 something is not, 2 it could not be tried.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$here/../../vls}
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
vcpus=2
rootfs=
work=
name=life-$$
children=()

fail() {
    echo "life-test: $2" >&2
    exit "$1"
}

while [[ $# -gt 0 ]]; do
    [[ $1 != -h && $1 != --help ]] || { sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit; }
    [[ $# -ge 2 ]] || fail 2 "$1: unknown, or its argument is missing: see --help"
    case $1 in
        --vcpus) vcpus=$2 ;;
        --rootfs) rootfs=$(realpath -- "$2") ;;
        --keep) work=$2 ;;
        *) fail 2 "unknown argument $1: see --help" ;;
    esac
    shift 2
done
for tool in passt mke2fs e2fsck; do
    command -v "$tool" >/dev/null || fail 2 "no $tool here: apt-get install passt e2fsprogs"
done

cleanup() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
    done
    [[ -n $keep ]] || rm -rf "$work"
}
keep=$work
work=${work:-$(mktemp -d)}
mkdir -p "$work"
trap cleanup EXIT

start() {
    "$@" </dev/null >>"$work/children.log" 2>&1 &
    children+=($!)
}

# Waits up to $1 seconds for the command that follows.
await() {
    local left=$1
    shift
    until "$@" 2>/dev/null; do
        ((left-- > 0)) || return 1
        sleep 1
    done
}

ok() {
    echo "ok $1"
}

not_ok() {
    tail -n 25 "$work/console" >&2
    fail 1 "FAILED $1"
}

# Has the guest's shell execute $2; the step $1 has failed unless it ends with status 0.
prompts=0
in_guest() {
    prompts=$((prompts + 1))
    echo "$2; echo status''-$prompts \$?." >&3
    await 180 grep -q "status-$prompts [0-9]" "$work/console" || not_ok "$1: no answer to: $2"
    grep -q "status-$prompts 0\." "$work/console" || not_ok "$1: $2"
}

# Whether the state of the guest matches $1, in the columns of vls ps.
state() {
    "$vls" ps | grep "^$name  *[0-9]*  *$1 " >/dev/null
}

resident() {
    awk '/^VmRSS/ { print $2 }' "/proc/$guest/status"
}

works() {
    local step=$1 target=$((200000 + 1000 * (prompts + 1)))
    in_guest "$step: disk" "dd if=/dev/urandom of=/mnt/f bs=1M count=4 2>/dev/null && md5sum /mnt/f >/mnt/sum && sync &&
echo 3 >/proc/sys/vm/drop_caches && md5sum -c /mnt/sum"
    in_guest "$step: network" "wget -q -O /tmp/data http://\$gateway:$port/data && md5sum /tmp/data | grep -q $sum"
    "$vls" balloon "$name" ${target}K
    in_guest "$step: balloon by way of xenstore" "for i in 1 2 3 4 5 6 7 8 9; do sleep 1; grep $target \$balloon && break; done"
    in_guest "$step: vCPUs, complaints" "[ \$(nproc) = $vcpus ] && ! dmesg | grep -E 'BUG|WARNING|blocked for more|I/O error'"
    [[ $("$vls" xenstore-ls -f "$name" | grep -cE '^/local/domain/[1-9].*/device/v(bd|if)/[0-9]+/state = "4"') -eq 2 ]] ||
        not_ok "$step: $("$vls" xenstore-ls -f "$name" | grep '/state = ')"
    ok "$step"
}

# What the guest's shell has to be told after each boot.
prepare_shell() {
    in_guest "$1: shell" "stty -echo; balloon=/sys/devices/system/xen_memory/xen_memory0/info/current_kb; mkdir -p /mnt;
gateway=\$(ip route | awk '/^default/ { print \$3 }'); [ -n \"\$gateway\" ] && mount -t ext4 /dev/xvda /mnt"
}

# The disk is written, flushed and read all the while.
suspended() {
    local step=$1
    shift
    in_guest "$step: start of writing" "touch /tmp/go; { while [ -e /tmp/go ]; do head -c 1000000 /dev/urandom >/tmp/g;
dd if=/tmp/g of=/mnt/g bs=250k conv=fsync 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches; cmp /tmp/g /mnt/g || touch /tmp/bad; done & }"
    "$vls" suspend "$name"
    await 60 state ...s.. || not_ok "$step: not suspended"
    "$vls" resume "$@" "$name"
    in_guest "$step: writing and reading behind it" "sleep 3; rm /tmp/go; wait; [ ! -e /tmp/bad ]"
    works "$step"
}

"$vls" --version >/dev/null # builds if needed
kernel=$("$here/fetch-kernels.sh" cloud)
cd "$work"
"$here/make-ramdisk.sh" -o ramdisk.cpio
mkdir -p www
head -c 1000000 /dev/urandom >www/data
sum=$(md5sum <www/data | cut -d' ' -f1)
port=$((20000 + RANDOM % 10000))
start "$cache/busybox" httpd -f -h www -p "$port"
runas=()
[[ $(id -u) -ne 0 ]] || runas=(--runas 0) # keeps the socket within reach
start passt -f -s "$work/passt.sock" "${runas[@]}"
await 10 test -S passt.sock || fail 2 "passt does not start: $(tail -n 1 children.log)"
rm -f disk.img
truncate -s 64M disk.img
mke2fs -q -t ext4 disk.img

# Runs a guest whose console is attached to what descriptor 3 says, and to the file console.
run() {
    "$vls" run --name "$name" --console socket --kernel "$kernel" --ramdisk ramdisk.cpio --memory 256M \
        --vcpus "$vcpus" --timeout 1500 "$@" </dev/null 2>>"$work/vls.log" &
    guest=$!
    children+=("$guest")
    await 20 "$vls" xenstore-read "$name" /tool >/dev/null || true
    exec 3> >("$vls" console "$name" >console 2>>vls.log)
}

ends() {
    "$vls" shutdown --wait "$name" || not_ok "$1"
    wait "$guest" || not_ok "$1: exit code $?"
    exec 3>&-
}

run --disk disk.img --net socket="$work/passt.sock" --cmdline "console=hvc0 quiet vls.ip=dhcp"
prepare_shell boot
works boot
suspended "suspend, resume --cancel" --cancel
suspended "suspend, resume"
suspended "suspend, resume again"

# Memory that the guest has used and given up leaves the host, and comes back.
use='dd if=/dev/zero of=/dev/shm/x bs=1M count=80 2>/dev/null; rm /dev/shm/x'
follow='for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; grep'
"$vls" balloon "$name" 256M
in_guest balloon "$follow 262144 \$balloon && break; done && $use"
before=$(resident)
"$vls" balloon "$name" 128M
in_guest "balloon down" "$follow 131072 \$balloon && break; done"
((before - $(resident) > 40 << 10)) || not_ok "balloon down: $before KiB are resident, then $(resident)"
"$vls" balloon "$name" 256M
in_guest "balloon up" "$follow 262144 \$balloon && break; done && $use"
works "balloon down and up"

"$vls" pause "$name"
state ..p... || not_ok "pause: $("$vls" ps)"
sleep 3
"$vls" unpause "$name"
works "pause, unpause"

"$vls" reboot "$name"
is_up_again() {
    [[ $(grep -c 'vls: up' console) -eq 2 ]]
}
await 180 is_up_again || not_ok "reboot: it is not up again"
prepare_shell reboot
in_guest "reboot: what was written before" "md5sum -c /mnt/sum"
works reboot

ends "shutdown --wait"
e2fsck -fn disk.img >fsck.log 2>&1 || { cat fsck.log >&2 && fail 1 "FAILED shutdown --wait: the file system is not clean"; }
ok "shutdown --wait"

if [[ -n $rootfs ]]; then
    disk=root.${rootfs##*.}
    cp --sparse=always "$rootfs" "$disk"
    run --disk "$disk" --cmdline "console=hvc0 quiet root=/dev/xvda rw"
    await 600 grep -q 'login:' console || not_ok "root file system: no login"
    ends "shutdown --wait of the root file system"
    "$vls" disk convert "$disk" root.raw
    e2fsck -fn root.raw >fsck.log 2>&1 || { cat fsck.log >&2 && fail 1 "FAILED shutdown --wait: the root file system is not clean"; }
    ok "shutdown --wait of the root file system"
fi
