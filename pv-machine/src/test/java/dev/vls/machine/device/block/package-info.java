@NullMarked
package dev.vls.machine.device.block;

import org.jspecify.annotations.NullMarked;
