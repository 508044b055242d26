package dev.vls.machine.cpu.translate;

/**
 * Told what becomes of translations, on the machine's thread; has no way to tell the machine
 * anything.
 */
public interface TranslationObserver {
    /** Looks at nothing. */
    TranslationObserver NONE = new TranslationObserver() {};

    /**
     * A hot block was not translated: its frame was written too often of late, or too many
     * translations wait for their compilation. It is asked for again later.
     */
    default void postponedHotBlock() {}

    /** A region was compiled and is in use from now on. */
    default void installed(TranslatedRegion region) {}

    /** A region was compiled in vain: guest memory that it was made from was written meanwhile. */
    default void staleRegion() {}

    /** A region is in use no more. */
    default void ended(TranslatedRegion region, TranslatedRegion.End reason) {}
}
