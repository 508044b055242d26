/**
 * What network interfaces are plugged into on the host: TAP interfaces, and the stream sockets of
 * QEMU and passt. Outside the determinism boundary.
 */
@NullMarked
package dev.vls.machine.host.net;

import org.jspecify.annotations.NullMarked;
