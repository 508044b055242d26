/** Host control for tools, from {@code public/sysctl.h}. */
@NullMarked
package dev.vls.xen.abi.sysctl;

import org.jspecify.annotations.NullMarked;
