/**
 * Kernels of MMX and of the SSE instructions that move data or compute on integers. A value of 64
 * bits is an MMX register or half an XMM register; an {@code int} operand is the index of an XMM
 * register's low half in {@link dev.vls.machine.cpu.Cpu#xmm}, with the high half behind it. See
 * docs/instructions.md.
 */
@NullMarked
package dev.vls.machine.cpu.simd;

import org.jspecify.annotations.NullMarked;
