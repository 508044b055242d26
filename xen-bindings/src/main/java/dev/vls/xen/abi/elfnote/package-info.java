/** ELF notes by which a kernel describes itself, from {@code public/elfnote.h}. */
@NullMarked
package dev.vls.xen.abi.elfnote;

import org.jspecify.annotations.NullMarked;
