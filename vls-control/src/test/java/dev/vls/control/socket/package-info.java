@NullMarked
package dev.vls.control.socket;

import org.jspecify.annotations.NullMarked;
