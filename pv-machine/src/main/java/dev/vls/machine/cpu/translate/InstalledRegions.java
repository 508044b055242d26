package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.Translation;
import dev.vls.machine.cpu.translate.TranslatedRegion.End;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The translations in use, of bounded number and size. Nobody else holds on to one that has ended,
 * so that the JVM can unload its class. Owned by the machine's thread.
 */
final class InstalledRegions implements Translation.Keeper {
    private final int regionsMax;
    private final long bytesMax;
    private final TranslationObserver observer;
    private final RewrittenFrames rewritten;
    private final Map<Translation, TranslatedRegion> regions = new LinkedHashMap<>();
    private long bytes;
    private boolean evicting;

    /**
     * @param regionsMax most regions
     * @param bytesMax most bytes of bytecode in them
     * @param rewritten is told where code was written
     */
    InstalledRegions(
            int regionsMax,
            long bytesMax,
            TranslationObserver observer,
            RewrittenFrames rewritten) {
        this.regionsMax = regionsMax;
        this.bytesMax = bytesMax;
        this.observer = observer;
        this.rewritten = rewritten;
    }

    int size() {
        return regions.size();
    }

    /** Puts a region into use, and takes others out of it that were not entered of late. */
    void install(TranslatedRegion region) {
        Translation translation = region.translation();
        for (Block block : region.blocks()) {
            block.addDependent(translation);
        }
        region.blocks().getFirst().translateAs(translation);
        for (Translation side : translation.sides()) {
            Block block = region.blocks().get(side.entry());
            if (!block.isEntry()) {
                block.translateAs(side);
            }
        }
        translation.keptBy(this);
        translation.used = true;
        regions.put(translation, region);
        bytes += region.bytes();
        observer.installed(region);
        while (regions.size() > regionsMax || bytes > bytesMax) {
            evict();
        }
    }

    /**
     * The oldest that was not entered since it was looked at last; those that were become young.
     */
    private void evict() {
        Translation oldest = regions.keySet().iterator().next();
        for (int looked = 0; looked < regionsMax && oldest.takeUsed(); looked++) {
            TranslatedRegion region = regions.remove(oldest);
            if (region != null) {
                regions.put(oldest, region);
            }
            oldest = regions.keySet().iterator().next();
        }
        evicting = true;
        oldest.invalidate();
        evicting = false;
    }

    @Override
    public void ended(Translation translation) {
        TranslatedRegion region = regions.remove(translation);
        if (region == null) {
            return;
        }
        bytes -= region.bytes();
        for (Block block : region.blocks()) {
            if (!evicting && !block.valid) {
                rewritten.strike(block.maddr);
            }
            block.removeDependent(translation);
        }
        observer.ended(region, evicting ? End.EVICTED : End.INVALIDATED);
    }
}
