#!/usr/bin/env bash
# A Linux guest that is led and followed while it writes files to an ext4 disk: its leader is killed, or
# the guest is moved, or ends, and the disk has to be sound and to hold all that the guest said is there.
#
#   pair-disk-test.sh [--disks replicated|shared] [--how kill|semi-active|end] [--files N] [--keep DIR]
#
# replicated: each side has an image of its own, which the log keeps equal. shared: one image, which only
# the leader writes. VLS is the command to test, default that of this checkout; ENGINE the engine of both
# sides. Needs mke2fs, e2fsck and debugfs (e2fsprogs); no root. Exit code: 0 all is as it should be.
set -euo pipefail
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vls=${VLS:-$(cd -- "$here/../.." && pwd)/vls}
disks=replicated
how=kill
files=30
keep=

while [[ $# -gt 0 ]]; do
    case $1 in
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        --disks) disks=$2 ;;
        --how) how=$2 ;;
        --files) files=$2 ;;
        --keep) keep=$2 ;;
        *) echo "pair-disk-test: unknown argument $1: see --help" >&2 && exit 2 ;;
    esac
    shift 2
done
for tool in mke2fs e2fsck debugfs; do
    command -v "$tool" >/dev/null || { echo "pair-disk-test: $tool is needed: apt-get install e2fsprogs" >&2 && exit 2; }
done

fail() {
    echo "pair-disk-test, $disks, $how: FAILED: $1"
    tail -n 20 "$work"/log "$work"/console-*
    exit 1
}

# shellcheck source=network/programs.sh
. "$here/network/programs.sh"
begin

# Numbers of the files that the guest said are on the disk.
written() {
    cat "$work"/console-* 2>/dev/null | tr -d '\r' | sed -n 's/^written //p'
}

has_written() {
    [[ $(written | wc -l) -ge $1 ]]
}

# --- the guest's part: a line for each file, once it is on the disk ---

cat >"$work/script" <<GUEST
#!/bin/sh
mkdir -p /mnt
mount -t ext4 /dev/xvda /mnt || exit 1
i=1
while [ \$i -le $files ]; do
    yes "line of file \$i" | head -c \$((i * 3001)) >/mnt/new
    mv /mnt/new /mnt/file\$i
    sync
    echo 3 >/proc/sys/vm/drop_caches
    [ "\$(grep -c . /mnt/file\$i)" -gt 0 ] && echo "written \$i"
    i=\$((i + 1))
done
umount /mnt && echo "all written"
GUEST
linux_options "$work/script"
truncate -s 64M "$work/a.img"
mke2fs -q -t ext4 "$work/a.img"
theirs=(--disk "$work/a.img" --shared-disks)
if [[ $disks == replicated ]]; then
    truncate -s 64M "$work/b.img"
    theirs=(--disk "$work/b.img")
fi

# --- the run ---

"$vls" --version >/dev/null # builds if needed
engine=(--engine "${ENGINE:-translator}")
domain=disks-$$
start "$vls" lead --timeout 1800 "${options[@]}" \
    --disk "$work/a.img" --listen 127.0.0.1:0 --detect 3000 --name "$domain" --console "file=$work/console-a" "${engine[@]}"
leader=$!
await 60 said 'followers may come to'
address=$(sed -n 's/.*followers may come to //p' "$work/log" | head -n 1)
await 900 has_written 3
if [[ $how == semi-active ]]; then
    start "$vls" receive --timeout 1800 --listen 127.0.0.1:0 --console "file=$work/console-b" "${theirs[@]}" "${engine[@]}"
    follower=$!
    await 60 said 'waits for a guest at'
    "$vls" migrate "$domain" "$(sed -n 's/.*waits for a guest at //p' "$work/log")" --strategy semi-active
else
    start "$vls" follow --timeout 1800 "$address" --take-over --console "file=$work/console-b" "${theirs[@]}" "${engine[@]}"
    follower=$!
    await 300 said 'may take over'
fi
before=$(written | wc -l)
if [[ $how == kill ]]; then
    await 300 has_written $((before + 3))
    kill -9 "$leader"
    before=$(written | wc -l)
fi
wait "$leader" || [[ $how == kill ]] || fail "the leader ended with $?"
wait "$follower" || fail "the follower ended with $?"

# --- what is there ---

[[ $how == end ]] || said 'leader of epoch 2' || fail "nobody went on for the leader"
# Either side may have said the last line before the kill.
[[ $(written | sort -n | uniq) == "$(seq "$files")" ]] || fail "the guest has not written all its files"
last=$work/a.img
[[ $disks == shared ]] || last=$work/b.img
if [[ $disks == replicated && $how == end ]]; then
    cmp "$work/a.img" "$work/b.img" || fail "the images differ"
fi
e2fsck -fn "$last" >"$work/fsck" 2>&1 || { cat "$work/fsck" && fail "e2fsck finds errors"; }
mkdir -p "$work/files"
debugfs -R "rdump / $work/files" "$last" >/dev/null 2>&1
for ((i = 1; i <= files; i++)); do
    cmp <(yes "line of file $i" 2>/dev/null | head -c $((i * 3001))) "$work/files/file$i" || fail "file $i is another"
done
echo "pair-disk-test, $disks, $how: $files files, $before of them before; e2fsck finds nothing, contents are right"
