@NullMarked
package dev.vls.machine.frames;

import org.jspecify.annotations.NullMarked;
