package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Interpreter;
import org.jspecify.annotations.Nullable;

/**
 * How guest code is executed. The guest cannot tell: all engines count and compute the same.
 *
 * @param queue where translations are compiled; null to interpret everything
 * @param threshold how often a block is interpreted before it is translated
 */
public record Engine(@Nullable TranslationQueue queue, int threshold) {
    /** Interprets everything. */
    public static final Engine INTERPRETER = new Engine(null, 0);

    /**
     * Translates every block before it runs a second time, on the machine's own thread: for tests.
     */
    public static final Engine TRANSLATE_EVERYTHING = translator(TranslationQueue.IMMEDIATE, 1);

    /** Where it paid best in a boot of Linux (docs/performance.md). */
    private static final int THRESHOLD = 10_000;

    /** Translates what is executed often. */
    public static Engine translator(TranslationQueue queue) {
        return translator(queue, THRESHOLD);
    }

    public static Engine translator(TranslationQueue queue, int threshold) {
        return new Engine(queue, threshold);
    }

    /** The run loop for a machine's vCPUs. */
    public Interpreter runLoop(CodeCache codeCache) {
        return queue == null
                ? new Interpreter(codeCache)
                : new Interpreter(codeCache, new Translator(codeCache, queue, threshold));
    }
}
