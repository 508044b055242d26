@NullMarked
package dev.vls.control.trace;

import org.jspecify.annotations.NullMarked;
