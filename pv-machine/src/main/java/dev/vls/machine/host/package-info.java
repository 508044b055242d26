/** Outside of the determinism boundary: inputs that come from the host's clock and its users. */
@NullMarked
package dev.vls.machine.host;

import org.jspecify.annotations.NullMarked;
