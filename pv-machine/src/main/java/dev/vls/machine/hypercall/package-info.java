/**
 * Hypercalls: one class per family, named after Xen's, one method per sub-operation, and the table
 * that finds them. What a guest does wrong is a negated {@link dev.vls.xen.abi.errno.XenErrno} in
 * RAX.
 */
@NullMarked
package dev.vls.machine.hypercall;

import org.jspecify.annotations.NullMarked;
