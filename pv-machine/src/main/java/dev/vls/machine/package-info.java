/** The embedded machine: x86-64 in pure Java with the Xen PV guest ABI. */
@NullMarked
package dev.vls.machine;

import org.jspecify.annotations.NullMarked;
