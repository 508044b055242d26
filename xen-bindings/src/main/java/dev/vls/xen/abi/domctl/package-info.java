/** Domain control for tools, from {@code public/domctl.h}. */
@NullMarked
package dev.vls.xen.abi.domctl;

import org.jspecify.annotations.NullMarked;
