#!/usr/bin/env bash
# Builds a small Debian 12 with nginx as a disk image for Linux guests: debootstrap, then apt inside.
# The system starts by sysvinit, which a slow processor is done with soonest, or by systemd; root logs
# in on hvc0 with the password "vls"; eth0 gets its address by DHCP where there is one.
#
#   make-rootfs.sh -o FILE [--init sysvinit|systemd] [--size 1G] [--package NAME]...
#
# The format follows from FILE's name: .vhd is a dynamic VHD, .cpio an initial ramdisk with the whole
# system in it, anything else raw. Needs root (for chroot and owners; mke2fs writes the file system, so nothing is
# mounted on a loop device), debootstrap, e2fsprogs, and qemu-img for VHD.
#
# VLS_DEBIAN_MIRROR    default http://deb.debian.org/debian
# VLS_LINUX_CACHE      default ~/.cache/vls/linux; packages are kept in rootfs-debs
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
mirror=${VLS_DEBIAN_MIRROR:-http://deb.debian.org/debian}
init=sysvinit
size=1G
out=
packages=(nginx-light)

fail() {
    echo "make-rootfs: $*" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
    esac
    [[ $# -ge 2 ]] || fail "$1: unknown, or its argument is missing: see --help"
    case $1 in
        -o) out=$2 ;;
        --init) init=$2 ;;
        --size) size=$2 ;;
        --package) packages+=("$2") ;;
        *) fail "unknown argument $1: see --help" ;;
    esac
    shift 2
done
[[ -n $out ]] || fail "-o FILE is missing"
case $init in
    sysvinit) init_packages=sysvinit-core,initscripts ;;
    systemd) init_packages=systemd-sysv ;;
    *) fail "--init $init: sysvinit or systemd" ;;
esac
[[ $(id -u) -eq 0 ]] || fail "needs root: run it with sudo, or in a container"
needed=(debootstrap mke2fs)
[[ $out != *.vhd ]] || needed+=(qemu-img)
for tool in "${needed[@]}"; do
    command -v "$tool" >/dev/null || fail "no $tool here: apt-get install debootstrap e2fsprogs qemu-utils"
done

mkdir -p "$cache/rootfs-debs"
tree=$(mktemp -d)
trap 'umount "$tree/proc" 2>/dev/null || true; rm -rf --one-file-system "$tree"; rm -f "$out.part" "$out.raw"' EXIT
chmod 755 "$tree"

in_tree() {
    chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
}

# What a guest does not read is left out, now and in what is installed later.
slim() {
    cat >"$tree/etc/dpkg/dpkg.cfg.d/vls-slim" <<'END'
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
END
    rm -rf "$tree"/usr/share/{doc,info,man,locale}/*
}

install_packages() {
    cat >"$tree/etc/apt/sources.list" <<END
deb $mirror bookworm main
deb $mirror bookworm-updates main
END
    # Services start in the guest, not here.
    printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
    chmod 755 "$tree/usr/sbin/policy-rc.d"
    cp "$cache"/rootfs-debs/*.deb "$tree/var/cache/apt/archives/" 2>/dev/null || true
    in_tree apt-get -q=2 update
    in_tree apt-get -q=2 -y --no-install-recommends -o APT::Keep-Downloaded-Packages=true install "${packages[@]}"
    cp "$tree"/var/cache/apt/archives/*.deb "$cache/rootfs-debs/"
    rm "$tree/usr/sbin/policy-rc.d"
    in_tree apt-get clean
    rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/log/*.log "$tree"/var/log/apt/*
}

configure() {
    echo vls-guest >"$tree/etc/hostname"
    printf '127.0.0.1 localhost vls-guest\n::1 localhost\n' >"$tree/etc/hosts"
    # A system in a ramdisk has no file system to check.
    [[ $out == *.cpio ]] || printf '/dev/xvda / ext4 errors=remount-ro 0 1\n' >"$tree/etc/fstab"
    printf 'auto lo\niface lo inet loopback\n\nallow-hotplug eth0\niface eth0 inet dhcp\n' >"$tree/etc/network/interfaces"
    echo root:vls | in_tree chpasswd
    echo '<!DOCTYPE html><title>vls</title><p>nginx in a paravirtual guest</p>' >"$tree/var/www/html/index.html"
    if [[ $init == sysvinit ]]; then
        # One login on the console, none on virtual terminals, which a PV guest does not have.
        sed -i '/getty/d' "$tree/etc/inittab"
        echo 'h0:2345:respawn:/sbin/getty --keep-baud 115200 hvc0 linux' >>"$tree/etc/inittab"
    else
        # The login that systemd itself starts on a console waits for udev, which is not there.
        in_tree systemctl mask serial-getty@hvc0.service
        in_tree systemctl enable console-getty.service
    fi
    # Without udev "allow-hotplug" waits for an event that nobody sends.
    cat >"$tree/etc/init.d/vls-network" <<'END'
#!/bin/sh
### BEGIN INIT INFO
# Provides: vls-network
# Required-Start: networking
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
# Short-Description: brings up eth0 where there is one
### END INIT INFO
[ "$1" != start ] || [ ! -e /sys/class/net/eth0 ] || ifup eth0
END
    chmod 755 "$tree/etc/init.d/vls-network"
    in_tree update-rc.d vls-network defaults
    in_tree update-rc.d nginx defaults
}

echo "make-rootfs: debootstrap" >&2
debootstrap --variant=minbase --cache-dir="$cache/rootfs-debs" \
    --include="$init_packages,iproute2,ifupdown,udhcpc,iputils-ping,curl,ca-certificates,procps" \
    bookworm "$tree" "$mirror" >"$tree.log" 2>&1 ||
    { tail -n 20 "$tree.log" >&2 && fail "debootstrap failed: see $tree.log"; }
rm -f "$tree.log"
slim
echo "make-rootfs: apt-get install ${packages[*]}" >&2
install_packages >&2
configure >&2
umount "$tree/proc" 2>/dev/null || true

case $out in
    *.cpio)
        [[ -x $cache/busybox ]] || "$here/fetch-kernels.sh" cloud >/dev/null
        (cd "$tree" && ln -sf sbin/init init && find . -xdev | "$cache/busybox" cpio -o -H newc 2>/dev/null) >"$out.part"
        ;;
    *)
        rm -f "$out.raw"
        truncate -s "$size" "$out.raw"
        mke2fs -q -F -t ext4 -L vls-root -E root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0 -d "$tree" "$out.raw"
        if [[ $out == *.vhd ]]; then
            qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size=on "$out.raw" "$out.part"
        else
            mv "$out.raw" "$out.part"
        fi
        ;;
esac
mv -f "$out.part" "$out"
echo "$out: $(du -h --apparent-size "$out" | cut -f1), $(du -sh "$tree" | cut -f1) in files" >&2
