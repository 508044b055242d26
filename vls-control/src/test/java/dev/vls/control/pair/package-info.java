@NullMarked
package dev.vls.control.pair;

import org.jspecify.annotations.NullMarked;
