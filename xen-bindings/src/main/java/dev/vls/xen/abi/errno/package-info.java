/** Error numbers of hypercalls, from {@code public/errno.h}. */
@NullMarked
package dev.vls.xen.abi.errno;

import org.jspecify.annotations.NullMarked;
