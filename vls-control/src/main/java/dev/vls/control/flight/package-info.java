/** Events for JDK Flight Recorder: docs/metrics.md. */
@NullMarked
package dev.vls.control.flight;

import org.jspecify.annotations.NullMarked;
