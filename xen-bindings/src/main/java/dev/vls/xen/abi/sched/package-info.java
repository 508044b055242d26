/** Scheduling operations, from {@code public/sched.h}. */
@NullMarked
package dev.vls.xen.abi.sched;

import org.jspecify.annotations.NullMarked;
