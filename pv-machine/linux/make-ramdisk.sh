#!/usr/bin/env bash
# Makes an initial ramdisk: static busybox, the kernel modules of Xen's devices and of ext4, the init
# in ramdisk-init (its head lists the kernel parameters it knows), and what is asked for. No root is
# needed. The same content gives the same bytes.
#
#   make-ramdisk.sh -o FILE [--kernel cloud|generic] [--add FILE[:PATH]]... [--script FILE]
#                   [--module NAME]... [--no-modules]
#
#   --add FILE[:PATH]   puts a file, or a directory with all in it, at PATH in the ramdisk; without
#                       PATH a file goes to /bin and a directory's content to /
#   --script FILE       runs as /script once the system is up; then the guest powers off
#   --module NAME       one more kernel module, with those it depends on
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
# Block and network front ends; ext4 with the checksum it asks the crypto layer for by name.
modules=(xen-blkfront xen-netfront ext4 crc32c_generic)
kernel=cloud
out=
script=
added=()

fail() {
    echo "make-ramdisk: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --no-modules) modules=() && shift && continue ;;
    esac
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        -o) out=$2 ;;
        --kernel) kernel=$2 ;;
        --add) added+=("$2") ;;
        --script) script=$2 ;;
        --module) modules+=("$2") ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
[[ -n $out ]] || fail "-o FILE is missing"
[[ $kernel == cloud || $kernel == generic ]] || fail "--kernel $kernel: cloud or generic"
[[ -x $cache/busybox && -s $cache/$kernel/version ]] || "$here/fetch-kernels.sh" "$kernel" >/dev/null

busybox=$cache/busybox
version=$(cat "$cache/$kernel/version")
tree=$(mktemp -d)
trap 'rm -rf "$tree" "$out.part"' EXIT
chmod 755 "$tree"

mkdir -p "$tree"/{bin,dev,etc,proc,root,run,sbin,sys,tmp,var} "$tree/etc/udhcpc"
cp "$busybox" "$tree/bin/busybox"
"$busybox" --list | while read -r applet; do
    [[ $applet == busybox ]] || ln -s busybox "$tree/bin/$applet"
done
cp "$here/ramdisk-init" "$tree/init"
cp "$here/ramdisk-dhcp" "$tree/etc/udhcpc/default.script"
for name in poweroff reboot halt; do
    rm -f "$tree/bin/$name"
    cp "$here/ramdisk-shutdown" "$tree/sbin/$name"
    chmod 755 "$tree/sbin/$name"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
echo 'root:x:0:' >"$tree/etc/group"
echo '127.0.0.1 localhost' >"$tree/etc/hosts"
chmod 755 "$tree/init" "$tree/etc/udhcpc/default.script"

# Copies module $1 and what it depends on; one that is built in has no file.
copy_module() {
    local base=$cache/$kernel/lib/modules/$version name=${1//-/_} files file
    files=$(awk -F: -v name="$name" '
        { file = $1; sub(/.*\//, "", file); sub(/\.ko.*/, "", file); gsub(/-/, "_", file) }
        file == name { print $1, $2; exit }' "$base/modules.dep")
    if [[ -z $files ]]; then
        grep -q "/${1//[-_]/[-_]}\.ko" "$base/modules.builtin" || fail "no module $1 in Debian's $version"
    fi
    for file in $files; do
        mkdir -p "$tree/lib/modules/$version/$(dirname "$file")"
        cp "$base/$file" "$tree/lib/modules/$version/$file"
    done
}

if [[ ${#modules[@]} -gt 0 ]]; then
    for module in "${modules[@]}"; do
        copy_module "$module"
    done
    cp "$cache/$kernel/lib/modules/$version"/modules.{builtin,order} "$tree/lib/modules/$version/"
    "$busybox" depmod -b "$tree" "$version"
fi

for pair in "${added[@]}"; do
    file=${pair%%:*}
    path=${pair#"$file"}
    path=${path#:}
    [[ -r $file ]] || fail "--add $file: not there or not readable"
    if [[ -d $file ]]; then
        mkdir -p "$tree/$path"
        cp -a --remove-destination "$file/." "$tree/$path/"
    else
        path=${path:-/bin/$(basename "$file")}
        mkdir -p "$tree/$(dirname "$path")"
        cp --remove-destination "$file" "$tree/$path"
    fi
done
if [[ -n $script ]]; then
    [[ -r $script ]] || fail "--script $script: not there or not readable"
    cp "$script" "$tree/script"
    chmod 755 "$tree/script"
fi

find "$tree" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
(cd "$tree" && find . | sort | "$busybox" cpio -o -H newc -R 0:0 --ignore-devno --renumber-inodes 2>/dev/null) >"$out.part"
mv -f "$out.part" "$out"
