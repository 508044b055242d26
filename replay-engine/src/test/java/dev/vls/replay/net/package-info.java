@NullMarked
package dev.vls.replay.net;

import org.jspecify.annotations.NullMarked;
