/** Callbacks and NMI registration, from {@code public/callback.h} and {@code public/nmi.h}. */
@NullMarked
package dev.vls.xen.abi.callback;

import org.jspecify.annotations.NullMarked;
