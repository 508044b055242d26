/** Grant tables, from {@code public/grant_table.h}: entries of both versions and operations. */
@NullMarked
package dev.vls.xen.abi.grant;

import org.jspecify.annotations.NullMarked;
