/** Recorder, streams, followers, verification. */
@NullMarked
package dev.vls.replay;

import org.jspecify.annotations.NullMarked;
