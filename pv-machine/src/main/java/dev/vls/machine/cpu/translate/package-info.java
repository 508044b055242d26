/**
 * The translator: hot blocks of guest code become JVM methods that call the same kernels as the
 * interpreter (docs/translator.md).
 */
@NullMarked
package dev.vls.machine.cpu.translate;

import org.jspecify.annotations.NullMarked;
