#!/usr/bin/env bash
# Boots a disk that make-rootfs.sh built to its login, logs in on the console, asks nginx for its page,
# writes to the disk, powers off, and checks the file system. Works on a copy. Prints a line for each
# step that worked, and ends with 1 at the first that did not.
#
#   check-rootfs.sh DISK [--kernel cloud|generic] [--net SPEC] [--log FILE] [-- OPTION-OF-VLS-RUN...]
#
#   --net SPEC   as for vls run; the guest must then have got an address by DHCP
#
# Needs expect, e2fsprogs, qemu-img for VHD, and the kernels of fetch-kernels.sh (it is called).
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
disk=
kernel=cloud
net=
log=
options=()

fail() {
    echo "check-rootfs: $2" >&2
    exit "$1"
}

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --)
            shift
            options=("$@")
            break
            ;;
        --kernel | --net | --log)
            [[ $# -ge 2 ]] || fail 2 "$1 needs an argument"
            declare "${1#--}=$2"
            shift
            ;;
        -*) fail 2 "unknown option $1: see --help" ;;
        *) disk=$1 ;;
    esac
    shift
done
[[ -r $disk ]] || fail 2 "no disk, or not readable: see --help"
for tool in expect e2fsck; do
    command -v "$tool" >/dev/null || fail 2 "no $tool here: apt-get install expect e2fsprogs"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/$(basename "$disk")
cp --sparse=always "$disk" "$copy"
image=$("$here/fetch-kernels.sh" "$kernel")
"$here/make-ramdisk.sh" -o "$work/ramdisk.cpio" --kernel "$kernel"

command=("$here/../../vls" run --kernel "$image" --ramdisk "$work/ramdisk.cpio" --disk "$copy"
    --cmdline "console=hvc0 quiet root=/dev/xvda rw" --stats "$work/stats.json")
[[ -z $net ]] || command+=(--net "$net")
"${command[0]}" --version >/dev/null # builds if needed

cat >"$work/session.exp" <<'EOS'
log_user 0
log_file -a $env(VLS_LOG)
set timeout $env(VLS_PATIENCE)
set start [clock milliseconds]
proc say {text} {
    global start
    puts [format "%6.1f s  %s" [expr {([clock milliseconds] - $start) / 1000.0}] $text]
    flush stdout
}
proc await {pattern what} {
    expect {
        -re $pattern { say $what }
        timeout { say "NOT REACHED: $what"; exit 1 }
        eof { say "the guest ended before: $what"; exit 1 }
    }
}
spawn -noecho {*}$argv
await {vls: up} "first process"
await {login: $} "login prompt"
send "root\r"
expect -re {Password: $}
send "vls\r"
await {:~# $} "logged in"
# A shell without line editing, and no echo: what comes is what commands print.
send "exec sh\r"
expect -re {# $}
send "stty -echo\r"
expect -re {# $}
send "curl -s http://localhost/\r"
await {nginx in a paravirtual guest.*# $} "nginx serves its page on loopback"
if {$env(VLS_NET) ne ""} {
    send "ip -4 -br address show eth0\r"
    await {eth0 +(UP|UNKNOWN) +[0-9.]+/.*# $} "eth0 has an address"
}
send "dd if=/dev/urandom of=/root/data bs=1M count=8 2>/dev/null && md5sum /root/data >/root/sum && rm -rf /usr/share/zoneinfo && sync; echo written $?\r"
await {written 0\r.*# $} "8 MiB written, files removed"
send "echo 3 >/proc/sys/vm/drop_caches; md5sum -c /root/sum\r"
await {data: OK.*# $} "read back from the disk"
send "poweroff\r"
expect {
    eof { say "powered off" }
    timeout { say "NOT REACHED: power-off"; exit 1 }
}
lassign [wait] pid id error status
exit $status
EOS
VLS_LOG=${log:-$work/console} VLS_NET=$net VLS_PATIENCE=${VLS_PATIENCE:-300} \
    expect -f "$work/session.exp" "${command[@]}" "${options[@]}" ||
    { tail -n 25 "${log:-$work/console}" >&2 && fail 1 "the guest did not do as expected: its console's end is above"; }
grep -q '"exit" : "poweroff"' "$work/stats.json" || fail 1 "the guest ended otherwise than by power-off"

raw=$copy
if [[ $copy == *.vhd ]]; then
    raw=$work/raw
    qemu-img convert -f vpc -O raw "$copy" "$raw"
fi
e2fsck -fn "$raw" >"$work/fsck" 2>&1 || { cat "$work/fsck" >&2 && fail 1 "the file system is not clean"; }
echo "          e2fsck: $(tail -n 1 "$work/fsck")"
sed -n 's/.*"instructions" : \([0-9]*\).*/          \1 instructions/p' "$work/stats.json"
