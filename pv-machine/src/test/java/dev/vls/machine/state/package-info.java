@NullMarked
package dev.vls.machine.state;

import org.jspecify.annotations.NullMarked;
