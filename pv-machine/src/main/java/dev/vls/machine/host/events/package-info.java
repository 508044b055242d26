/** What happens at the machine's boundaries, in words: a log, and events of the flight recorder. */
@NullMarked
package dev.vls.machine.host.events;

import org.jspecify.annotations.NullMarked;
