#!/bin/sh
# Runs the programs that lie beside this script, one after the other, and says how each ended. What it
# prints is the same on every machine: glibc is told not to choose variants for instructions that the
# embedded processor does not have, because those of libm differ in last bits.
cd "$(dirname "$0")" || exit 1

run() {
    echo "== $1${2:+ without $2}"
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4${2:+,-$2} "./$1" </dev/null
    echo "== $1: status $?"
}

for program in integer floating libm strings control memory signals threads processes io clocks; do
    run $program
done
# The variants that other processors would get.
run strings ERMS
run strings ERMS,-SSE4_2,-SSE4_1,-SSSE3
run floating SSE4_1
