/**
 * Disk images: raw, and Microsoft's VHD in its fixed, dynamic and differencing forms ({@code
 * docs/spec/vhd.md}). Knows no file system: it works on {@link dev.vls.machine.image.ImageFile},
 * which the host provides. Every byte of an image is hostile.
 */
@NullMarked
package dev.vls.machine.image;

import org.jspecify.annotations.NullMarked;
