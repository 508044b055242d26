/** JMH benchmarks of the machine's cost centres; whole-process benchmarks are scripts beside. */
@NullMarked
package dev.vls.benchmarks;

import org.jspecify.annotations.NullMarked;
