/** Disk images as files of the host: the way out of the determinism boundary for block data. */
@NullMarked
package dev.vls.machine.host.image;

import org.jspecify.annotations.NullMarked;
