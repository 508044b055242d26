/**
 * The Xen PV ABI of x86-64 as constants: byte offsets, sizes and numbers, one class per struct or
 * family of numbers, one package per header. Every public constant of the packages below stands for
 * a C expression and is checked against the C compiler; {@code docs/abi/layouts.md} tells how.
 */
@NullMarked
package dev.vls.xen.abi;

import org.jspecify.annotations.NullMarked;
