@NullMarked
package dev.vls.machine.hypercall;

import org.jspecify.annotations.NullMarked;
