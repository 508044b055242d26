/**
 * Devices of the machine: backends of the guest's paravirtual drivers, inside the determinism
 * boundary.
 */
@NullMarked
package dev.vls.machine.device;

import org.jspecify.annotations.NullMarked;
