/**
 * Checks traces from docs/spec/trace-format.md alone. Nothing here may use the rest of {@code
 * dev.vls.trace}, nor the other way round: two programs that agree about a file say more about it
 * than one.
 */
@NullMarked
package dev.vls.trace.verify;

import org.jspecify.annotations.NullMarked;
