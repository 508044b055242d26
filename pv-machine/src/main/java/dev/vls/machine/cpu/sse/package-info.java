/** SSE floating point: exact scalar operations under MXCSR, lane by lane, and packed integers. */
@NullMarked
package dev.vls.machine.cpu.sse;

import org.jspecify.annotations.NullMarked;
