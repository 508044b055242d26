/**
 * The state of a machine as data: named fields in sections, and the binary format that holds them
 * (docs/spec/state-format.md). Every part of the machine names its own fields, once, for saving and
 * restoring alike.
 */
@NullMarked
package dev.vls.machine.state;

import org.jspecify.annotations.NullMarked;
