package dev.vls.machine.host;

import dev.vls.machine.cpu.translate.TranslatedRegion;
import dev.vls.machine.cpu.translate.TranslationObserver;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * Counts what becomes of translations, and writes it to the JVM's flight recorder. Written by the
 * machine's thread; the counts are good once that has ended.
 */
public final class TranslationMonitor implements TranslationObserver {
    private long installed;
    private long instructions;
    private long invalidated;
    private long evicted;
    private long stale;
    private long postponed;
    private long bytes;
    private long bytesMax;

    /** Regions that were put into use. */
    public long installed() {
        return installed;
    }

    /** Guest instructions in them. */
    public long instructions() {
        return instructions;
    }

    /** Regions that ended because guest memory that they were made from was written. */
    public long invalidated() {
        return invalidated;
    }

    /** Regions that ended because others needed their place. */
    public long evicted() {
        return evicted;
    }

    /** Regions that were compiled in vain, because guest memory was written meanwhile. */
    public long stale() {
        return stale;
    }

    /** How often a hot block was put off. */
    public long postponed() {
        return postponed;
    }

    /** Regions in use. */
    public long live() {
        return installed - invalidated - evicted;
    }

    /** Most bytes of bytecode that were in use at once. */
    public long bytesMax() {
        return bytesMax;
    }

    @Override
    public void postponedHotBlock() {
        postponed++;
    }

    @Override
    public void installed(TranslatedRegion region) {
        installed++;
        instructions += region.instructions();
        bytes += region.bytes();
        bytesMax = Math.max(bytesMax, bytes);
        RegionInstalled event = new RegionInstalled();
        if (event.shouldCommit()) {
            event.machineAddress = region.maddr();
            event.blocks = region.blocks().size();
            event.instructions = region.instructions();
            event.bytes = region.bytes();
            event.commit();
        }
    }

    @Override
    public void staleRegion() {
        stale++;
    }

    @Override
    public void ended(TranslatedRegion region, TranslatedRegion.End reason) {
        switch (reason) {
            case INVALIDATED -> invalidated++;
            case EVICTED -> evicted++;
        }
        bytes -= region.bytes();
        RegionEnded event = new RegionEnded();
        if (event.shouldCommit()) {
            event.machineAddress = region.maddr();
            event.reason = reason.name();
            event.commit();
        }
    }

    @Name("dev.vls.RegionInstalled")
    @Label("Translated Region Installed")
    @Category({"vls", "Translator"})
    @StackTrace(false)
    static final class RegionInstalled extends Event {
        @Label("Machine Address of the Entry")
        long machineAddress;

        @Label("Blocks")
        int blocks;

        @Label("Guest Instructions")
        int instructions;

        @Label("Bytes of Bytecode")
        int bytes;
    }

    @Name("dev.vls.RegionEnded")
    @Label("Translated Region Ended")
    @Category({"vls", "Translator"})
    @StackTrace(false)
    static final class RegionEnded extends Event {
        @Label("Machine Address of the Entry")
        long machineAddress;

        @Label("Reason")
        String reason = "";
    }
}
