#!/usr/bin/env bash
# Long runs of the instruction fuzzer (docs/instruction-fuzzing.md). Parameters, all optional:
#   seed=N count=N rows=TEXT kind=row|random_bytes|sequence threads=N batch=N
# Prints what differs; exits 1 if anything does.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

java=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
    if [[ -n $version && $version -ge 25 && -x $home/bin/java ]]; then
        java=$home/bin/java
        break
    fi
done
[[ -n $java ]] || { echo "fuzz.sh: no JDK 25 or newer: install one, or set JAVA_HOME to it" >&2; exit 2; }

(cd .. && mvn -q -B -pl pv-machine -am test-compile)
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp target/classes:target/test-classes \
    dev.vls.machine.fuzz.Fuzz "$@"
