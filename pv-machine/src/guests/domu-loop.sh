#!/bin/sh
# Runs in dom0 of real Xen: starts every guest named in /share/names as a domU, one after another,
# and leaves in /share/out/NAME.txt what it wrote, in NAME.exit how it ended, and in NAME.xen what
# Xen said of it. record-golden.sh starts this.
set -u
cd /share
while read -r name memory vcpus cmdline; do
    domain=$(echo "$name" | tr / -)
    log=/var/log/xen/console/guest-$domain.log
    mkdir -p "out/$(dirname "$name")"
    cat > /tmp/guest.cfg <<CFG
name = "$domain"
kernel = "/share/$name.elf"
memory = $memory
vcpus = $vcpus
cmdline = "$cmdline"
on_poweroff = "preserve"
on_reboot = "preserve"
on_crash = "preserve"
on_watchdog = "preserve"
CFG
    xl dmesg -c > /dev/null
    xl create -q /tmp/guest.cfg || { echo "refused" > "out/$name.exit"; continue; }
    tries=0
    state=
    while [ $tries -lt 300 ]; do
        state=$(xl list "$domain" | awk 'NR == 2 { print $5 }')
        case $state in *s*|*c*) break ;; esac
        sleep 0.2
        tries=$((tries + 1))
    done
    sleep 0.3
    case $(sed -n 's/.*reason code \([0-9]*\).*/\1/p' "/var/log/xen/xl-$domain.log" | tail -n 1) in
    0) reason=poweroff ;;
    1) reason=reboot ;;
    3) reason=crash ;;
    4) reason=watchdog ;;
    *) reason="timeout $state" ;;
    esac
    echo "$reason" > "out/$name.exit"
    xl destroy "$domain"
    sleep 0.2
    tr -d '\r' < "$log" > "out/$name.txt"
    xl dmesg > "out/$name.xen"
done < names
