#!/usr/bin/env bash
# Runs JMH benchmarks: benchmarks/jmh.sh [JMH options], for example
#   benchmarks/jmh.sh InterpreterBenchmark -p loop=ALU,LOAD -prof gc
# Builds first. Needs a JDK 25 in JAVA_HOME or under the usual JVM directories.
set -euo pipefail
cd "$(dirname "$0")/.."
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$home/bin/java" ] && "$home/bin/java" -version 2>&1 | grep -q '"25' && java=$home/bin/java && break
done
[ -n "${java:-}" ] || { echo "jmh.sh: no JDK 25 found: set JAVA_HOME" >&2; exit 2; }
mvn -q -B -pl benchmarks -am -DskipTests package
exec "$java" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jmh.Main "$@"
