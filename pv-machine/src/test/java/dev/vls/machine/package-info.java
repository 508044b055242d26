@NullMarked
package dev.vls.machine;

import org.jspecify.annotations.NullMarked;
