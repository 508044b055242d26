/**
 * The hypervisor's half of the machine: domain and vCPUs, delivery of traps and events into the
 * guest, emulation of privileged instructions, guest memory as hypercalls see it. Behaves as Xen
 * 4.17 does.
 */
@NullMarked
package dev.vls.machine.hypervisor;

import org.jspecify.annotations.NullMarked;
