@NullMarked
package dev.vls.machine.device.xenbus;

import org.jspecify.annotations.NullMarked;
