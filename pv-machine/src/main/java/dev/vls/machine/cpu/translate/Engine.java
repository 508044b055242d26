package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Interpreter;
import org.jspecify.annotations.Nullable;

/**
 * How guest code is executed. The guest cannot tell: all engines count and compute the same.
 *
 * @param queue where translations are compiled; null to interpret everything
 * @param threshold how often a block is interpreted before it is translated
 * @param regionsMax most regions that are kept translated
 * @param bytesMax most bytes of bytecode in them
 * @param observer told what becomes of translations
 */
public record Engine(
        @Nullable TranslationQueue queue,
        int threshold,
        int regionsMax,
        long bytesMax,
        TranslationObserver observer) {
    /** Where it paid best in a boot of Linux (docs/performance.md). */
    private static final int THRESHOLD = 10_000;

    private static final int REGIONS_MAX = 4_000;
    private static final long BYTES_MAX = 12L << 20;

    /** Interprets everything. */
    public static final Engine INTERPRETER = new Engine(null, 0, 0, 0, TranslationObserver.NONE);

    /**
     * Translates every block before it runs a second time, on the machine's own thread: for tests.
     */
    public static final Engine TRANSLATE_EVERYTHING =
            translator(TranslationQueue.IMMEDIATE).withThreshold(1);

    /** Translates what is executed often. */
    public static Engine translator(TranslationQueue queue) {
        return translator(queue, TranslationObserver.NONE);
    }

    /** The same, with somebody who looks on. */
    public static Engine translator(TranslationQueue queue, TranslationObserver observer) {
        return new Engine(queue, THRESHOLD, REGIONS_MAX, BYTES_MAX, observer);
    }

    /** The same, translating what was executed so often; at least 1. */
    public Engine withThreshold(int executions) {
        return new Engine(queue, executions, regionsMax, bytesMax, observer);
    }

    /** The same with room for so much. */
    public Engine withRoom(int regions, long bytes) {
        return new Engine(queue, threshold, regions, bytes, observer);
    }

    /** The run loop for a machine's vCPUs. */
    public Interpreter runLoop(CodeCache codeCache) {
        return queue == null
                ? new Interpreter(codeCache)
                : new Interpreter(codeCache, new Translator(codeCache, this, queue));
    }
}
