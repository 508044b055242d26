@NullMarked
package dev.vls.machine.device;

import org.jspecify.annotations.NullMarked;
