/** Memory operations, from {@code public/memory.h}. */
@NullMarked
package dev.vls.xen.abi.memory;

import org.jspecify.annotations.NullMarked;
