/** The disks of the host: where requests of block backends are done. */
@NullMarked
package dev.vls.machine.host.disk;

import org.jspecify.annotations.NullMarked;
