#!/bin/sh
# What test.sh runs in a guest, as the ramdisk's /script. Kernel parameters:
#
#   net.role=test|peer    makes the tests, or is the other side of them until somebody ends it
#   net.peer=ADDRESS      the other side; without it, the default gateway
#   net.http=PORT net.flow=PORT    where it serves /data by HTTP, and tcpflow sink; serve is at PORT + 1
#   net.bytes=N           for each direction
#   net.window=N         largest TCP window towards the other side; without it, what Linux chooses
#   net.ping=no           the other side does not answer
#   net.into=yes          ends with serving /data at port 80 until somebody connects to port 81
role=test peer= http=80 flow=9101 bytes=8388608 window= ping=yes into=no
for word in $(cat /proc/cmdline); do
    case $word in
        net.role=*) role=${word#*=} ;;
        net.peer=*) peer=${word#*=} ;;
        net.http=*) http=${word#*=} ;;
        net.flow=*) flow=${word#*=} ;;
        net.bytes=*) bytes=${word#*=} ;;
        net.window=*) window=${word#*=} ;;
        net.ping=*) ping=${word#*=} ;;
        net.into=*) into=${word#*=} ;;
    esac
done
[ -n "$peer" ] || peer=$(ip route | awk '/^default/ { print $3 }')
mkdir -p /www
head -c 1000000 /dev/urandom >/www/data

if [ "$role" = peer ]; then
    httpd -h /www -p "$http"
    tcpflow sink "$flow" &
    echo "net: peer is up"
    exec tcpflow serve $((flow + 1)) "$bytes"
fi

check() {
    name=$1
    shift
    if "$@"; then
        echo "net: ok $name"
    else
        echo "net: FAILED $name"
    fi
}

fetch() {
    wget -q -O /tmp/data "http://$peer:$http/data" && wget -q -O /tmp/sum "http://$peer:$http/sum" &&
        [ "$(md5sum </tmp/data)" = "$(cat /tmp/sum)" ]
}

has_address() {
    ip -4 address show dev eth0 | grep inet
}

check address has_address
[ -z "$window" ] || check window route add -host "$peer" window "$window" dev eth0
[ "$ping" = no ] || check ping ping -c 3 -W 10 "$peer"
[ "$http" = no ] || check http fetch
check send tcpflow send "$peer" "$flow" "$bytes"
check receive tcpflow recv "$peer" $((flow + 1))
if [ "$into" = yes ]; then
    httpd -h /www -p 80
    md5sum </www/data >/www/sum
    echo "net: serving"
    check into timeout 300 nc -l -p 81
fi
cat /sys/class/net/eth0/statistics/*_errors | sort -u | tr '\n' ' '
echo "errors"
echo "net: done"
