/** Tests of the transfer of guests. */
@NullMarked
package dev.vls.migration;

import org.jspecify.annotations.NullMarked;
