@NullMarked
package dev.vls.replay.wire;

import org.jspecify.annotations.NullMarked;
