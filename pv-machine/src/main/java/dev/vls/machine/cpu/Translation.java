package dev.vls.machine.cpu;

import dev.vls.machine.memory.Tlb;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translated code: several blocks of instructions as one method, entered at one of them; there is
 * one object for each block that it may be entered at. Runs what the interpreter would run,
 * instruction for instruction. Owned by the machine's thread.
 */
public abstract class Translation {
    private final Insn[] siteInsn;
    private final int[] siteRipDelta;
    private final int[] siteUncounted;

    /** Which of the region's blocks this one begins at, by its place among them. */
    protected final int entry;

    /** Address of that block, relative to the page of the region's first one. */
    protected final int entryDelta;

    private final int entrySteps;
    private boolean valid = true;

    /** The one that begins at the region's first block, and those that begin elsewhere in it. */
    private Translation main = this;

    private List<Translation> sides = List.of();

    // Where control went from here: the address, the translation there, and its entry's frame. The
    // place that was found first is compared first: a processor that guessed wrong sees it then
    // before it has looked anything up.
    private long firstRip = -1;
    private @Nullable Translation first;
    private long firstMfn;
    private @Nullable Links links;

    private Insn faulted;
    private @Nullable Keeper keeper;

    /** Set by the run loop when it is entered. */
    public boolean used;

    /** Who holds the translations in use. */
    public interface Keeper {
        /** A translation was taken out of use. */
        void ended(Translation translation);
    }

    /**
     * Makes the part that all translations share.
     *
     * @param siteInsn the instruction at each place that may fault
     * @param siteRipDelta the address behind it, relative to the page of the region's first block
     * @param siteUncounted how many instructions of its block come after it
     * @param entry see {@link #entry}
     * @param entryDelta see {@link #entryDelta}
     * @param entrySteps instructions of the block that is entered
     */
    protected Translation(
            Insn[] siteInsn,
            int[] siteRipDelta,
            int[] siteUncounted,
            int entry,
            int entryDelta,
            int entrySteps) {
        this.entry = entry;
        this.entryDelta = entryDelta;
        this.siteInsn = siteInsn;
        this.siteRipDelta = siteRipDelta;
        this.siteUncounted = siteUncounted;
        this.entrySteps = entrySteps;
        this.faulted = new InvalidInsn(Vector.UD);
    }

    /**
     * Runs from its entry, where RIP stands, until control leaves it, something ends the block, or
     * the steps left do not suffice for the next block.
     *
     * @param left how many steps may be taken, at least {@link #entrySteps}
     * @return how many are left; registers, flags and RIP are those after the last step
     * @throws GuestFault from an instruction, after {@link #unwind} or {@link #unwindState}
     */
    protected abstract long run(Cpu cpu, long left);

    /** An instruction faulted with registers in locals, which the caller puts back. */
    protected final void unwind(Cpu cpu, int site, long base, long left) {
        cpu.gpr[Cpu.RIP] = base + siteRipDelta[site];
        unwindState(cpu, site, left);
    }

    /** An instruction faulted that found all state in the vCPU. */
    protected final void unwindState(Cpu cpu, int site, long left) {
        faulted = siteInsn[site];
        cpu.translationLeft = left + siteUncounted[site];
    }

    /** Enters and leaves without a step, for HotSpot to see it called. */
    public final void warmUp(Cpu idleCpu) {
        run(idleCpu, 0);
    }

    /** The translation at RIP if control was {@linkplain #link seen to go there}. */
    final @Nullable Translation follow(long rip, Tlb tlb) {
        if (firstRip == rip && first != null) {
            if (first.valid) {
                return tlb.executes(rip, firstMfn) ? first : null;
            }
            first = null;
        }
        Links more = links;
        return more == null ? null : more.follow(rip, tlb);
    }

    /** Remembers that control went from here to an address with a translation. */
    final void link(long rip, Translation translation, long mfn) {
        if (first == null || firstRip == rip) {
            firstRip = rip;
            first = translation;
            firstMfn = mfn;
            return;
        }
        if (links == null) {
            links = new Links();
        }
        links.put(rip, translation, mfn);
    }

    /** Makes others that enter the same region elsewhere end with this one. */
    public final void setSides(List<Translation> others) {
        sides = others;
        for (Translation side : others) {
            side.main = this;
        }
    }

    /** The others that enter the same region. */
    public final List<Translation> sides() {
        return sides;
    }

    /** Which of the region's blocks it begins at. */
    public final int entry() {
        return entry;
    }

    /** Whether it is another one's region that is entered. */
    final boolean isOf(Translation other) {
        return main.equals(other);
    }

    /** Whether the region was entered since this was asked last. */
    public final boolean takeUsed() {
        boolean entered = used;
        used = false;
        for (Translation side : sides) {
            entered |= side.used;
            side.used = false;
        }
        return entered;
    }

    final int entrySteps() {
        return entrySteps;
    }

    /** The instruction that the last {@link GuestFault} came out of. */
    final Insn faulted() {
        return faulted;
    }

    /** False once a byte of a block in it was written. */
    public final boolean isValid() {
        return valid;
    }

    /** Takes it out of use. */
    public final void invalidate() {
        if (valid) {
            end();
            sides.forEach(Translation::end);
            if (keeper != null) {
                keeper.ended(this);
            }
        }
    }

    private void end() {
        valid = false;
        first = null;
        links = null;
    }

    /** Has it tell when it is taken out of use. */
    public final void keptBy(Keeper newKeeper) {
        keeper = newKeeper;
    }

    /** Where control went besides, by a hash of the address; most translations have one way on. */
    private static final class Links {
        /** A power of two: a region has some ten ways out, and returns go to many places. */
        private static final int SLOTS = 16;

        private final long[] rips = new long[SLOTS];
        private final @Nullable Translation[] translations = new Translation[SLOTS];
        private final long[] mfns = new long[SLOTS];

        private static int slot(long rip) {
            return (int) (rip ^ rip >>> 4) & (SLOTS - 1);
        }

        @Nullable Translation follow(long rip, Tlb tlb) {
            int slot = slot(rip);
            Translation found = translations[slot];
            if (found == null || rips[slot] != rip) {
                return null;
            }
            if (!found.valid) {
                translations[slot] = null;
                return null;
            }
            return tlb.executes(rip, mfns[slot]) ? found : null;
        }

        void put(long rip, Translation translation, long mfn) {
            int slot = slot(rip);
            rips[slot] = rip;
            translations[slot] = translation;
            mfns[slot] = mfn;
        }
    }
}
