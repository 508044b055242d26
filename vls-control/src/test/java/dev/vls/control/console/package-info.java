@NullMarked
package dev.vls.control.console;

import org.jspecify.annotations.NullMarked;
