/** Performance counters of a guest, from {@code public/pmu.h}. */
@NullMarked
package dev.vls.xen.abi.pmu;

import org.jspecify.annotations.NullMarked;
