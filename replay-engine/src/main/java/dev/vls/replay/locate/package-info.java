/**
 * Where two runs part: both are executed again, side by side, with comparisons of their whole state
 * that come ever closer to the first instruction after which it differs.
 */
@NullMarked
package dev.vls.replay.locate;

import org.jspecify.annotations.NullMarked;
