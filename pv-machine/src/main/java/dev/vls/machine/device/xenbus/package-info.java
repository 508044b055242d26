/**
 * What the backends of PV devices have in common: their states in xenstore, the pages that the
 * guest grants them, and their place in the machine.
 */
@NullMarked
package dev.vls.machine.device.xenbus;

import org.jspecify.annotations.NullMarked;
