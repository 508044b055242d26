/** Physical-device operations that a guest issues, from {@code public/physdev.h}. */
@NullMarked
package dev.vls.xen.abi.physdev;

import org.jspecify.annotations.NullMarked;
