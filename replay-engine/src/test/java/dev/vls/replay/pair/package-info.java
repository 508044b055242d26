/** The protocol's code in a simulated world: one thread, one seed. */
@NullMarked
package dev.vls.replay.pair;

import org.jspecify.annotations.NullMarked;
