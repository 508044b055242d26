/**
 * Machine frames and what Xen knows about each: owner, references, page types and their validation,
 * the m2p table, the frame allocator, page-table entries and their rules, and the coherence of the
 * software TLBs. Behaves as Xen 4.17 does for 64-bit PV guests (arch/x86/mm.c, arch/x86/pv/);
 * docs/abi/memory.md is the guide.
 */
@NullMarked
package dev.vls.machine.frames;

import org.jspecify.annotations.NullMarked;
