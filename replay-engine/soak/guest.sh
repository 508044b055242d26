#!/bin/sh
# What soak.sh runs in a guest, as the ramdisk's /script: works on a disk, the network, the processors and
# the console at once, for some time. Kernel parameters:
#
#   soak.seconds=N    how long
#   soak.http=PORT soak.flow=PORT    where the default gateway serves /data by HTTP, and tcpflow as sink;
#                                    tcpflow serve is at the next port
seconds=10 http=80 flow=9101
for word in $(cat /proc/cmdline); do
    case $word in
        soak.seconds=*) seconds=${word#*=} ;;
        soak.http=*) http=${word#*=} ;;
        soak.flow=*) flow=${word#*=} ;;
    esac
done
peer=$(ip route | awk '/^default/ { print $3 }')
mkdir -p /mnt
mount -t ext4 /dev/xvda /mnt || echo "soak: FAILED mount"
end=$(($(date +%s) + seconds))

going() {
    [ "$(date +%s)" -lt $end ]
}

# Repeats a function until the time is over, and says how often.
repeat() {
    count=0
    while going; do
        "$1" || echo "soak: FAILED $1"
        count=$((count + 1))
    done
    echo "soak: $1 $count times"
}

disk() {
    dd if=/dev/urandom of=/mnt/data bs=64k count=$((RANDOM % 64 + 1)) 2>/dev/null
    sum=$(sha256sum </mnt/data)
    sync
    echo 3 >/proc/sys/vm/drop_caches
    [ "$(sha256sum </mnt/data)" = "$sum" ] && cp /mnt/data /mnt/copy$((RANDOM % 8))
}

network() {
    wget -q -O /tmp/data "http://$peer:$http/data" && wget -q -O /tmp/sum "http://$peer:$http/sum" &&
        [ "$(md5sum </tmp/data)" = "$(cat /tmp/sum)" ] &&
        tcpflow send "$peer" "$flow" 262144 >/dev/null && tcpflow recv "$peer" $((flow + 1)) >/dev/null
}

processes() {
    for i in 1 2 3 4 5 6 7 8; do
        (echo "$i $(cut -d' ' -f1 /proc/uptime)" | md5sum >/tmp/sum$i) &
    done
    wait
    sleep 0.1
}

# What is typed comes back, with the time at which it came.
while read -r line; do
    echo "soak: typed $line at $(cut -d' ' -f1 /proc/uptime)"
done </dev/console &
typed=$!
echo "soak: begins"
repeat disk >/tmp/disk &
workers=$!
repeat network >/tmp/network &
workers="$workers $!"
(repeat processes) >/tmp/processes # whose wait is for its own children
# shellcheck disable=SC2086 # several numbers
wait $workers
kill $typed
cat /tmp/disk /tmp/network /tmp/processes
umount /mnt
echo "soak: done"
