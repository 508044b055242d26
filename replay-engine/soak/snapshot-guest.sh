#!/bin/sh
# What snapshot.sh runs in a guest, as the ramdisk's /script: rounds of writing the disk and, with a peer, fetching.
# Kernel parameters:
#
#   snap.http=PORT    where the default gateway serves /data, and /sum; none without it
#   snap.rounds=N     then it is done (1000000)
http= rounds=1000000
for word in $(cat /proc/cmdline); do
    case $word in
        snap.http=*) http=${word#*=} ;;
        snap.rounds=*) rounds=${word#*=} ;;
    esac
done
peer=$(ip route | awk '/^default/ { print $3 }')
mkdir -p /mnt
mount -t ext4 /dev/xvda /mnt || echo "snap: FAILED to mount"

# A connection that was under way when the guest was saved has nobody at its other end.
fetch() {
    timeout 5 wget -q -O /tmp/data "http://$peer:$http/data" && timeout 5 wget -q -O /tmp/sum "http://$peer:$http/sum" &&
        [ "$(md5sum </tmp/data)" = "$(cat /tmp/sum)" ]
}

round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    dd if=/dev/urandom of=/mnt/round$((round % 20)) bs=4k count=32 2>/dev/null
    md5sum /mnt/round* >/mnt/sums
    sync
    echo 3 >/proc/sys/vm/drop_caches
    md5sum -c /mnt/sums >/dev/null || echo "snap: FAILED: the disk holds something else"
    if [ -n "$http" ]; then
        fetch && echo "snap: fetched"
        sleep 0.5
    fi
    echo "snap: round $round"
done
umount /mnt
echo "snap: done"
