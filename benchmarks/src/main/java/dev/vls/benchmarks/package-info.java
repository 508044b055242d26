/** JMH and whole-process benchmarks. */
@NullMarked
package dev.vls.benchmarks;

import org.jspecify.annotations.NullMarked;
