/** What leaders and followers have of a host: arbiters, addresses, keys. */
@NullMarked
package dev.vls.control.pair;

import org.jspecify.annotations.NullMarked;
