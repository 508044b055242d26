/** Rings shared with device backends, from {@code public/io}: console, xenstore, block, network. */
@NullMarked
package dev.vls.xen.abi.io;

import org.jspecify.annotations.NullMarked;
