@NullMarked
package dev.vls.replay;

import org.jspecify.annotations.NullMarked;
