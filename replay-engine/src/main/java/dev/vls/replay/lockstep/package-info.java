/**
 * Two engines execute one guest side by side, and are compared at short intervals; at the first
 * difference the run stops, and says where it is.
 */
@NullMarked
package dev.vls.replay.lockstep;

import org.jspecify.annotations.NullMarked;
