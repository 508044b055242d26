/** vCPU operations, timers and run states, from {@code public/vcpu.h}. */
@NullMarked
package dev.vls.xen.abi.vcpu;

import org.jspecify.annotations.NullMarked;
