/**
 * The core of the ABI, from {@code public/xen.h}: hypercall numbers, start info, shared info, MMU
 * calls.
 */
@NullMarked
package dev.vls.xen.abi.xen;

import org.jspecify.annotations.NullMarked;
