/** Commands to running guests, over their control sockets. */
@NullMarked
package dev.vls.control.domain;

import org.jspecify.annotations.NullMarked;
