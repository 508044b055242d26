#!/bin/sh
# What load-test.sh runs in a guest, as the ramdisk's /script: serves a file of 512 KiB at port 80,
# for as long as it is let.
mkdir -p /www
yes 'What is served by a Linux guest.' | head -c 524288 >/www/file
# An answer by a SYN cookie has no window scale, and Debian 12's passt scales its windows nevertheless.
echo 0 >/proc/sys/net/ipv4/tcp_syncookies
httpd -h /www -p 80
echo "serve: ready"
while :; do
    sleep 3600
done
