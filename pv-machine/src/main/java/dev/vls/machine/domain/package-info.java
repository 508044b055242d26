/**
 * Builds a PV domain as Xen's libxenguest does: from a kernel file, a ramdisk and a command line to
 * a domain that stands before its first instruction. Every byte of those files is hostile.
 */
@NullMarked
package dev.vls.machine.domain;

import org.jspecify.annotations.NullMarked;
