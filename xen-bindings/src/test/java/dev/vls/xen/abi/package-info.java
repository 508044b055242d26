/** Checks of the ABI's constants against the C compiler and against properties of the ABI. */
@NullMarked
package dev.vls.xen.abi;

import org.jspecify.annotations.NullMarked;
