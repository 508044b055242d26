/**
 * Clients of guests, through the host's own sockets: they keep a guest busy, check what it answers,
 * and say how long it was silent.
 */
@NullMarked
package dev.vls.control.load;

import org.jspecify.annotations.NullMarked;
