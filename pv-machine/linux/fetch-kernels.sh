#!/usr/bin/env bash
# Fetches Debian's stock kernels and a static busybox into a cache, without installing anything and
# without root: apt downloads the packages and checks their hashes against Debian's signed lists.
#
#   fetch-kernels.sh [--refresh] [cloud|generic]...        default: both
#
# VLS_LINUX_CACHE/               default ~/.cache/vls/linux
#   busybox                      static, for ramdisks
#   cloud/, generic/             linux-image-cloud-amd64, linux-image-amd64:
#     vmlinuz, config, version
#     lib/modules/VERSION/       with modules.dep
#   debs/                        the packages
#
# What is there already stays until --refresh, which asks apt for newer packages. Needs apt and dpkg.
set -euo pipefail
export LC_ALL=C

cache=${VLS_LINUX_CACHE:-$HOME/.cache/vls/linux}
refresh=
flavours=()

fail() {
    echo "fetch-kernels: $2" >&2
    exit "$1"
}

for argument in "$@"; do
    case $argument in
        --refresh) refresh=yes ;;
        cloud | generic) flavours+=("$argument") ;;
        -h | --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" && exit ;;
        *) fail 2 "unknown argument $argument: see --help" ;;
    esac
done
[[ ${#flavours[@]} -gt 0 ]] || flavours=(cloud generic)
for tool in apt-get dpkg-deb flock; do
    command -v "$tool" >/dev/null || fail 2 "no $tool here: a Debian host is needed"
done

mkdir -p "$cache/debs"
cache=$(cd "$cache" && pwd)
exec 9>"$cache/lock"
flock 9
work=$cache/work
rm -rf "$work"
trap 'rm -rf "$work"' EXIT

# Options that make apt work on directories of our own: caches always, package lists once the host's
# are found to be missing or too old to download from.
apt=(-q=2 -o "Dir::Cache=$cache/apt/cache" -o Debug::NoLocking=true -o "APT::Sandbox::User=$(id -un)")

update_lists() {
    [[ -z ${lists_updated:-} ]] || return 1
    lists_updated=yes
    mkdir -p "$cache/apt/lists/partial"
    apt+=(-o "Dir::State::lists=$cache/apt/lists")
    echo "fetch-kernels: fetching package lists" >&2
    # One third-party source that does not answer must not be in the way of Debian's own.
    apt-get "${apt[@]}" update >&2 || true
}

# The kernel package that the metapackage $1 stands for.
kernel_package() {
    apt-cache "${apt[@]}" depends "$1" 2>/dev/null | awk '/Depends: linux-image-[0-9]/ { print $2; exit }'
}

# Downloads package $1 and unpacks it to $work/$2.
unpack() {
    mkdir -p "$cache/apt/cache/archives/partial" "$work/$2"
    rm -rf "$work/deb" && mkdir "$work/deb"
    if ! (cd "$work/deb" && apt-get "${apt[@]}" download "$1" >&2); then
        update_lists && (cd "$work/deb" && apt-get "${apt[@]}" download "$1" >&2) ||
            fail 5 "cannot download $1: see apt's message above"
    fi
    dpkg-deb -x "$work"/deb/*.deb "$work/$2"
    rm -f "$cache/debs/$1"_*.deb
    mv "$work"/deb/*.deb "$cache/debs/"
}

fetch_busybox() {
    unpack busybox-static busybox
    mv -f "$work/busybox/bin/busybox" "$cache/busybox"
}

# Fetches the kernel of flavour $1 as metapackage $2 names it.
fetch_kernel() {
    local package tree version
    package=$(kernel_package "$2")
    if [[ -z $package ]]; then
        update_lists || true
        package=$(kernel_package "$2")
    fi
    [[ -n $package ]] || fail 5 "apt knows no $2: are Debian's sources configured?"
    if [[ $package != linux-image-$(cat "$cache/$1/version" 2>/dev/null) ]]; then
        version=${package#linux-image-}
        echo "fetch-kernels: $package" >&2
        unpack "$package" "$1"
        tree=$work/$1-tree
        mkdir -p "$tree"
        for file in vmlinuz config; do
            mv "$work/$1/boot/$file-$version" "$tree/$file"
        done
        mv "$work/$1/lib" "$tree/lib"
        "$cache/busybox" depmod -b "$tree" "$version"
        echo "$version" >"$tree/version"
        rm -rf "${cache:?}/$1"
        mv "$tree" "$cache/$1"
    fi
}

mkdir -p "$work"
if [[ -n $refresh ]]; then
    update_lists
fi
if [[ -n $refresh || ! -x $cache/busybox ]]; then
    fetch_busybox
fi
for flavour in "${flavours[@]}"; do
    if [[ -n $refresh || ! -s $cache/$flavour/version ]]; then
        case $flavour in
            cloud) fetch_kernel cloud linux-image-cloud-amd64 ;;
            generic) fetch_kernel generic linux-image-amd64 ;;
        esac
    fi
    echo "$cache/$flavour/vmlinuz"
done
