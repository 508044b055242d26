#!/bin/sh
# Runs in dom0 of real Xen: starts every guest that has a network interface with a vif on a bridge,
# and talks to it from dom0 through xen-netback. network-on-xen.sh starts this.
set -u
cd /share
modprobe xen-netback
brctl addbr xenbr0
ip address add 10.0.2.2/24 dev xenbr0
ip link set xenbr0 up

start() {
    cat > /tmp/guest.cfg <<CFG
name = "$1"
kernel = "/share/$1.elf"
memory = 64
vcpus = 1
cmdline = "$2"
vif = [ "mac=00:16:3e:01:02:03,bridge=xenbr0" ]
on_poweroff = "preserve"
on_crash = "preserve"
CFG
    xl create -q /tmp/guest.cfg || { echo "$1: FAILED to start"; return; }
    ping -q -c 5 -i 0.3 -w 20 10.0.2.15 | sed -n "s/^\(.* received\).*/$1: ping: \1/p"
    python3 /share/domu-network.py "$1"
    sleep 1
    echo "$1: console: $(tr -d '\r' < "/var/log/xen/console/guest-$1.log" | tr '\n' ';')"
    echo "$1: state: $(xl list "$1" | awk 'NR == 2 { print $5 }')"
    xl destroy "$1"
    sleep 1
}

start webserver ''
start ledger ''
start arena 'arena.ticks=200'
start diabolical 'mib=16 report=100000'
