/** Tests of the translator's rooms; what translations do is compared in dev.vls.machine.fuzz. */
@NullMarked
package dev.vls.machine.cpu.translate;

import org.jspecify.annotations.NullMarked;
