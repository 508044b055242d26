@NullMarked
package dev.vls.machine.control;

import org.jspecify.annotations.NullMarked;
