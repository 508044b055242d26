#!/usr/bin/env bash
# Boots Debian's kernel with disks of every kind, works on them, and has the tools of others look at
# what is left. Needs: qemu-img (qemu-utils), mke2fs and e2fsck (e2fsprogs); no root.
#
#   disk-test.sh [--kernel cloud|generic] [--keep DIR]
#
#   xvda  raw                          mke2fs with discard, files, flushes
#   xvdb  dynamic VHD                  mke2fs, files
#   xvdc  differencing VHD on a differencing VHD on a dynamic one that holds a file system
#   xvdd  raw, read-only, with a file system
#   xvde  fixed VHD                    every block written by its number, and read back
#
# Exit code: 0 all is as it should be, 1 something is not, 2 it could not be tried.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$here/../../vls}
kernel=cloud
keep=

fail() {
    echo "disk-test: $*" >&2
    exit "${code:-2}"
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --kernel) kernel=${2:?} ;;
        --keep) keep=${2:?} ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
for tool in qemu-img mke2fs e2fsck; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || fail "$tool is needed: apt-get install qemu-utils e2fsprogs"
done
PATH=$PATH:/usr/sbin:/sbin

if [[ -n $keep ]]; then
    mkdir -p "$keep"
    work=$keep
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
cd "$work"

# --- the guest's part ---

cat >script <<'GUEST'
#!/bin/sh
# Prints a line for each thing that works; the host compares.
fill() { # device, mount point: a file system with files whose sums it prints
    mount -t ext4 "$1" "$2" && (
        cd "$2"
        dd if=/dev/urandom of=big bs=256k count=32 2>/dev/null
        for i in 1 2 3 4 5 6 7 8 9; do dd if=/dev/urandom of=small$i bs=1000 count=$i 2>/dev/null; done
        rm small3 small6
        sha256sum big small* >sums
    ) && sync && umount "$2" && mount -t ext4 -o ro "$1" "$2" && (cd "$2" && sha256sum -c sums >/dev/null) &&
        umount "$2" && echo "disk-test: $1 filled"
}
check() { # device: the files that were there before
    mount -t ext4 "$1" /mnt "$2" "$3" && (cd /mnt && sha256sum -c before >/dev/null) && umount /mnt &&
        echo "disk-test: $1 as before"
}
mkdir -p /mnt
/sbin/mke2fs -q -t ext4 /dev/xvda && fill /dev/xvda /mnt
/sbin/mke2fs -q -t ext4 /dev/xvdb && fill /dev/xvdb /mnt
check /dev/xvdc -o ro && fill /dev/xvdc /mnt
check /dev/xvdd -o ro
dd if=/dev/zero of=/dev/xvdd bs=4k count=1 2>/dev/null || echo "disk-test: /dev/xvdd not written"
blocks=$(($(cat /sys/block/xvde/size) / 128))
i=0
while [ $i -lt $blocks ]; do
    printf '%-16d' $i | dd of=/dev/xvde bs=64k seek=$i conv=sync 2>/dev/null
    i=$((i + 7))
done
sync
echo 3 >/proc/sys/vm/drop_caches
i=0
while [ $i -lt $blocks ]; do
    [ "$(dd if=/dev/xvde bs=64k skip=$i count=1 2>/dev/null | head -c 16)" = "$(printf '%-16d' $i)" ] ||
        echo "block $i is wrong"
    i=$((i + 7))
done
echo "disk-test: /dev/xvde $blocks blocks"
GUEST

# --- images ---

size=64M
mkdir files
for i in 1 2 3; do head -c $((i * 300000)) /dev/urandom >"files/old$i"; done
(cd files && sha256sum old* >before)
truncate -s $size raw.img
truncate -s $size ro.img
mke2fs -q -t ext4 -d files ro.img
qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size=on ro.img parent.vhd
qemu-img create -q -f vpc -o subformat=dynamic,force_size=on dynamic.vhd $size
qemu-img create -q -f vpc -o subformat=fixed,force_size=on fixed.vhd $size
"$vls" disk create middle.avhd --parent parent.vhd
"$vls" disk create leaf.avhd --parent middle.avhd
sha256sum parent.vhd middle.avhd ro.img >untouched

added=(--add "$(command -v mke2fs):/sbin/mke2fs")
for library in $(ldd "$(command -v mke2fs)" | grep -o '/[^ ]*'); do
    added+=(--add "$library:$library")
done
"$here/make-ramdisk.sh" -o ramdisk --kernel "$kernel" --script script "${added[@]}"

# --- the run ---

cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
"$vls" run --kernel "$cache/$kernel/vmlinuz" --ramdisk ramdisk --memory 256M --cmdline "console=hvc0 quiet" \
    --disk raw.img --disk dynamic.vhd --disk leaf.avhd --disk ro.img,ro --disk fixed.vhd \
    --timeout 900 --stats stats.json </dev/null | tr -d '\r' >console || { tail -20 console; code=1 fail "the run failed"; }

code=1
grep '^disk-test:' console || true
for line in "/dev/xvda filled" "/dev/xvdb filled" "/dev/xvdc as before" "/dev/xvdc filled" "/dev/xvdd as before" \
    "/dev/xvdd not written" "/dev/xvde 1024 blocks"; do
    grep -q "^disk-test: $line" console || { tail -40 console; fail "the guest did not say: $line"; }
done
! grep -q "is wrong" console || fail "xvde: $(grep -m1 'is wrong' console)"
sha256sum --quiet -c untouched || fail "an image that nobody may write has changed"

# --- what others make of it ---

e2fsck -fn raw.img >fsck.log 2>&1 || { cat fsck.log; fail "e2fsck does not like raw.img"; }
qemu-img check -q dynamic.vhd 2>/dev/null || [[ $? -eq 63 ]] || fail "qemu-img check does not like dynamic.vhd"
qemu-img convert -f vpc -O raw dynamic.vhd dynamic.img
e2fsck -fn dynamic.img >fsck.log 2>&1 || { cat fsck.log; fail "e2fsck does not like dynamic.vhd"; }
"$vls" disk convert leaf.avhd leaf.img
e2fsck -fn leaf.img >fsck.log 2>&1 || { cat fsck.log; fail "e2fsck does not like leaf.avhd"; }
"$vls" disk convert dynamic.vhd own.img
cmp -n $((64 << 20)) own.img dynamic.img || fail "qemu-img reads dynamic.vhd as something else"
qemu-img convert -f vpc -O raw fixed.vhd fixed.img
for i in 0 7 1022; do
    [[ $(dd if=fixed.img bs=64k skip=$i count=1 status=none | head -c 16) == "$(printf '%-16d' $i)" ]] ||
        fail "fixed.vhd: block $i is wrong"
done
echo "disk-test: images are sound"
