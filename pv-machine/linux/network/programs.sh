# Sourced by scripts that run several programs together. They have set $vls, and $keep, which is empty or a
# directory that stays.
#
#   begin                     makes $work, a directory for everything; at the end it goes, and the programs too
#   start COMMAND...          starts a program; what it says is in $work/log
#   stop                      ends all programs
#   await SECONDS COMMAND...  waits for a command to succeed; if it does not calls fail with one line
#   said PATTERN              whether a line of the log matches
#   network OPTION...         anew, on free ports of the host: passt, with more options, and a switch with the
#                             ports $work/a.sock and $work/b.sock; a guest at 10.0.2.15 has its ports 80 and 2050 (UDP) at
#                             $base of the host, 7000 and 7 (UDP) at $base + 1
#   linux_options COMMAND...  $options boot Debian's cloud kernel with a ramdisk that runs a script
# shellcheck shell=bash disable=SC2154 # $vls and $keep are the caller's
programs=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
children=()

begin() {
    work=${keep:-$(mktemp -d)}
    mkdir -p "$work"
    trap 'stop; [[ -n $keep ]] || rm -rf "$work"' EXIT
}

stop() {
    local child
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    children=()
}

start() {
    "$@" </dev/null >>"$work/log" 2>&1 &
    children+=($!)
}

await() {
    local left=$(($1 * 10))
    shift
    until "$@"; do
        ((left-- > 0)) || { tail -n 30 "$work/log" >&2 && fail "waited in vain for $*"; }
        sleep 0.1
    done
}

said() {
    grep -q "$1" "$work/log"
}

network() {
    local as=()
    [[ $(id -u) -ne 0 ]] || as=(--runas 0) # keeps the socket within reach
    base=$((20000 + RANDOM % 10000))
    : >"$work/log"
    rm -f "$work"/*.sock
    start passt -f "$@" -s "$work/passt.sock" "${as[@]}" -a 10.0.2.15 -g 10.0.2.2 -n 24 \
        -t $base:80,$((base + 1)):7000 -u $base:2050,$((base + 1)):7
    await 10 test -S "$work/passt.sock"
    start "$vls" switch --port "socket=$work/passt.sock" --port "socket=$work/a.sock,listen" --port "socket=$work/b.sock,listen"
    await 60 test -S "$work/b.sock"
}

linux_options() {
    local cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
    "$programs/../fetch-kernels.sh" cloud >/dev/null
    "$programs/../make-ramdisk.sh" -o "$work/ramdisk" --script "$1"
    options=(--kernel "$cache/cloud/vmlinuz" --ramdisk "$work/ramdisk" --memory 256M
        --cmdline "console=hvc0 quiet ${*:2}")
}
