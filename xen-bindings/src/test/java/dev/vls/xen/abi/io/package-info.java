/** Checks of the shared rings' arithmetic. */
@NullMarked
package dev.vls.xen.abi.io;

import org.jspecify.annotations.NullMarked;
