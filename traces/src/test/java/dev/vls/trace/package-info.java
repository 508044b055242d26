@NullMarked
package dev.vls.trace;

import org.jspecify.annotations.NullMarked;
