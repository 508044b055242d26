/**
 * The xenstore: a tree of small values with owners, watches and transactions, and the wire protocol
 * to it, as {@code xenstored} of Xen 4.17 has them. A pure function of the bytes it is given: no
 * clock, no thread, no I/O. Texts are byte strings, one char a byte (ISO 8859-1).
 */
@NullMarked
package dev.vls.machine.xenstore;

import org.jspecify.annotations.NullMarked;
