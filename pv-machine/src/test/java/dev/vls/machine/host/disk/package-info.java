@NullMarked
package dev.vls.machine.host.disk;

import org.jspecify.annotations.NullMarked;
