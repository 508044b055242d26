/**
 * The backend of PV block devices, as xen-blkback of Linux serves them ({@code docs/abi/block.md}):
 * {@code public/io/blkif.h}.
 */
@NullMarked
package dev.vls.machine.device.block;

import org.jspecify.annotations.NullMarked;
