/** Event channels, from {@code public/event_channel.h}: operations, two-level and FIFO layouts. */
@NullMarked
package dev.vls.xen.abi.event;

import org.jspecify.annotations.NullMarked;
