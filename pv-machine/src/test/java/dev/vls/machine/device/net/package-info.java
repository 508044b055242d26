@NullMarked
package dev.vls.machine.device.net;

import org.jspecify.annotations.NullMarked;
