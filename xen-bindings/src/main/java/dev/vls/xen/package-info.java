/** The Xen ABI as Java: numbers, layouts, rings; JNA to the Xen libraries. */
@NullMarked
package dev.vls.xen;

import org.jspecify.annotations.NullMarked;
