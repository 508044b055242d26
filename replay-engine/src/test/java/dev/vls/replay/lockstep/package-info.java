/** Tests of engines in lockstep. */
@NullMarked
package dev.vls.replay.lockstep;

import org.jspecify.annotations.NullMarked;
