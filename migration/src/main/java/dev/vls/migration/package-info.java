/** Page transfer, strategies, experiments. */
@NullMarked
package dev.vls.migration;

import org.jspecify.annotations.NullMarked;
