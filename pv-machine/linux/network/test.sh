#!/usr/bin/env bash
# Tests the network of a Linux guest against real peers: address, ping, HTTP both ways, and a stream
# of bytes each way that is checked at its end, with figures.
#
#   test.sh [--bytes N] [--window N] [passt|tap|qemu]...       default: all, 8 MiB each way
#
#   passt   Debian's passt on a Unix socket: DHCP, and a port forwarded into the guest
#   tap     a TAP interface in a network namespace of its own; needs root
#   qemu    another Linux in QEMU, which is the server of a -netdev stream
#
# --window limits the guest's TCP window to so many bytes: 262144 is the way around a fault of passt that
# docs/performance.md describes.
#
# VLS is the command to test, default that of this checkout. What cannot run here is skipped with a line
# that says why. Exit code 0: nothing failed.
set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$(cd -- "$here/../../.." && pwd)/vls}
cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
bytes=$((8 << 20))
window=
tests=()
failed=
children=()

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --bytes) bytes=$2 && shift 2 ;;
        --window) window=$2 && shift 2 ;;
        passt | tap | qemu) tests+=("$1") && shift ;;
        *) echo "test.sh: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
done
[[ ${#tests[@]} -gt 0 ]] || tests=(passt tap qemu)

work=$(mktemp -d)
cleanup() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT

skip() {
    echo "skipped $1: $2"
}

# Starts a program that cleanup ends.
start() {
    "$@" </dev/null >>"$work/children.log" 2>&1 &
    children+=($!)
}

# Waits up to $1 seconds for the command that follows.
await() {
    local left=$1
    shift
    until "$@"; do
        ((left-- > 0)) || return 1
        sleep 1
    done
}

prepare() {
    "$vls" --version >/dev/null # builds if needed
    gcc -O2 -static -o "$work/tcpflow" "$here/tcpflow.c"
    "$here/../fetch-kernels.sh" cloud >/dev/null
    "$here/../make-ramdisk.sh" -o "$work/ramdisk" --script "$here/guest.sh" --add "$work/tcpflow" \
        --module virtio_net --module virtio_pci
    mkdir "$work/www"
    head -c 1000000 /dev/urandom >"$work/www/data"
    md5sum <"$work/www/data" >"$work/www/sum"
}

# The other side of the tests on this host: HTTP at port $1, streams at $2 and $2 + 1.
serve() {
    start "$cache/busybox" httpd -f -h "$work/www" -p "$1"
    start "$work/tcpflow" sink "$2"
    start "$work/tcpflow" serve $(($2 + 1)) "$bytes"
}

# Runs the guest with kernel parameters $2 and the rest as options; prints and judges what it says.
guest() {
    local name=$1 parameters=$2
    shift 2
    : >"$work/$name.log"
    timeout 3000 "$vls" run --kernel "$cache/cloud/vmlinuz" --ramdisk "$work/ramdisk" \
        --cmdline "console=hvc0 quiet net.bytes=$bytes${window:+ net.window=$window} $parameters" "$@" \
        </dev/null >>"$work/$name.log" 2>&1 &
    guest=$!
    children+=("$guest")
}

judge() {
    local name=$1
    wait "$guest" || true
    tr -d '\r' <"$work/$name.log" | grep -E '^(net|tcpflow): |errors$' | sed "s/^/$name: /" || true
    if grep -q FAILED "$work/$name.log" || ! grep -q 'net: done' "$work/$name.log"; then
        echo "$name: FAILED; the end of its console:"
        tail -n 30 "$work/$name.log"
        failed=yes
    else
        echo "$name: passed"
    fi
}

# Whether the guest serves, or never will.
is_serving() {
    grep -q 'net: serving' "$work/$1.log" || ! kill -0 "$guest" 2>/dev/null
}

# Fetches from the guest by way of $1 (HTTP) and ends its serving by way of port $2.
into_guest() {
    local name=$1 http=$2 end=$3
    if await 3000 is_serving "$name" && grep -q 'net: serving' "$work/$name.log" &&
        "$cache/busybox" wget -q -O "$work/data" "http://$http/data" &&
        "$cache/busybox" wget -q -O "$work/sum" "http://$http/sum" &&
        [[ $(md5sum <"$work/data") == "$(cat "$work/sum")" ]]; then
        echo "$name: fetched from the guest"
    else
        echo "$name: FAILED to fetch from the guest"
        failed=yes
    fi
    "$cache/busybox" nc -w 5 "${end%:*}" "${end#*:}" </dev/null >/dev/null || true
}

test_passt() {
    command -v passt >/dev/null || { skip passt "not installed: apt-get install passt" && return; }
    local base=$((20000 + RANDOM % 10000)) ping=no low high as=()
    read -r low high </proc/sys/net/ipv4/ping_group_range
    ((low <= high)) && ping=yes
    serve $base $((base + 1))
    [[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach
    start passt -f -s "$work/passt.sock" "${as[@]}" -t $((base + 3)):80,$((base + 4)):81
    await 10 test -S "$work/passt.sock" || { cat "$work/children.log" && failed=yes && return; }
    guest passt "vls.ip=dhcp net.http=$base net.flow=$((base + 1)) net.ping=$ping net.into=yes" \
        --net "socket=$work/passt.sock"
    into_guest passt 127.0.0.1:$((base + 3)) 127.0.0.1:$((base + 4))
    judge passt
}

# Within the namespace that test_tap makes.
tap_within() {
    ip link set lo up
    ip tuntap add dev vlstap mode tap
    ip address add 203.0.113.1/24 dev vlstap
    ip link set vlstap up
    serve 80 9101
    guest tap "vls.ip=203.0.113.2/24 net.peer=203.0.113.1 net.into=yes" --net tap=vlstap
    into_guest tap 203.0.113.2:80 203.0.113.2:81
    judge tap
    [[ -z $failed ]]
}

test_tap() {
    if [[ $(id -u) -ne 0 ]] || ! unshare -n true 2>/dev/null; then
        skip tap "a network namespace needs root"
        return
    fi
    export -f tap_within serve start await guest judge is_serving into_guest
    unshare -n bash -euo pipefail -c '
        work=$1 vls=$2 cache=$3 bytes=$4 window=$5 failed= children=()
        trap "kill \${children[@]} 2>/dev/null || true" EXIT
        tap_within' tap "$work" "$vls" "$cache" "$bytes" "$window" || failed=yes
}

test_qemu() {
    command -v qemu-system-x86_64 >/dev/null || { skip qemu "not installed" && return; }
    start qemu-system-x86_64 -nographic -m 256 -no-reboot -serial "file:$work/peer.log" -monitor none \
        -kernel "$cache/cloud/vmlinuz" -initrd "$work/ramdisk" \
        -append "console=ttyS0 quiet vls.modules=virtio_pci,virtio_net vls.ip=203.0.113.1/24 net.role=peer net.bytes=$bytes" \
        -netdev "stream,id=n,server=on,addr.type=unix,addr.path=$work/qemu.sock" \
        -device virtio-net-pci,netdev=n
    # It starts when its link is up.
    await 10 test -S "$work/qemu.sock" || { cat "$work/children.log" && failed=yes && return; }
    guest qemu "vls.ip=203.0.113.2/24 net.peer=203.0.113.1 net.http=no" --net "socket=$work/qemu.sock"
    judge qemu
    [[ -z $failed ]] || tail -n 20 "$work/peer.log"
}

command -v gcc >/dev/null || { skip "all" "no gcc for the guest's program" && exit; }
prepare
for name in "${tests[@]}"; do
    "test_$name"
done
[[ -z $failed ]]
