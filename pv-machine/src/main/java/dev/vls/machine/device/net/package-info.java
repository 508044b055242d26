/**
 * The backend of PV network interfaces: rings and grants on the guest's side, frames on the other.
 * Behaves as Linux's xen-netback does (docs/abi/network.md).
 */
@NullMarked
package dev.vls.machine.device.net;

import org.jspecify.annotations.NullMarked;
