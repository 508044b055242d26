/** The control socket of a running guest: docs/spec/control-protocol.md, both sides. */
@NullMarked
package dev.vls.control.socket;

import org.jspecify.annotations.NullMarked;
