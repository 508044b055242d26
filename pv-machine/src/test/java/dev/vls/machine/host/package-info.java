@NullMarked
package dev.vls.machine.host;

import org.jspecify.annotations.NullMarked;
