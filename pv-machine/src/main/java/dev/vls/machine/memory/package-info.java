/**
 * Machine memory, the page-table walk and the software TLB. Byte addresses of machine memory are
 * called {@code maddr}, frame numbers {@code mfn}; guest virtual addresses are {@code linear}.
 */
@NullMarked
package dev.vls.machine.memory;

import org.jspecify.annotations.NullMarked;
