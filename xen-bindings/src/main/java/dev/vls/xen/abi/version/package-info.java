/** Version and feature queries, from {@code public/version.h} and {@code public/features.h}. */
@NullMarked
package dev.vls.xen.abi.version;

import org.jspecify.annotations.NullMarked;
