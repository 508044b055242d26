/**
 * The x86-64 part of the ABI, from {@code public/arch-x86}: registers, traps, vCPU contexts,
 * selectors.
 */
@NullMarked
package dev.vls.xen.abi.arch;

import org.jspecify.annotations.NullMarked;
