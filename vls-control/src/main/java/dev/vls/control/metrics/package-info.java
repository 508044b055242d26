/** What Prometheus is told of leaders and followers: docs/metrics.md. */
@NullMarked
package dev.vls.control.metrics;

import org.jspecify.annotations.NullMarked;
