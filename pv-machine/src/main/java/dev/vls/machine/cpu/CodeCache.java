package dev.vls.machine.cpu;

import dev.vls.machine.memory.FrameFlags;
import dev.vls.machine.memory.FrameObserver;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decoded blocks of all vCPUs, by machine address. Frames that instructions were decoded from carry
 * {@link FrameFlags#CODE}; a write that touches a 64-byte line with code in it drops the frame's
 * blocks before the next instruction runs. Holds a bounded number of instructions; when full it
 * keeps those of translations, and starts afresh if that is no help.
 */
public final class CodeCache implements FrameObserver {
    private static final int BUCKETS = 1 << 15;
    private static final int MAX_CACHED_INSTRUCTIONS = 400_000;
    private static final int LINE_SHIFT = 6;

    private final MachineMemory memory;
    private final List<Cpu> cpus = new ArrayList<>();
    private final Decoder decoder = new Decoder();
    private final PageEnd pageEnd = new PageEnd();
    private final FetchSource source = new FetchSource();
    private final @Nullable Block[] buckets = new Block[BUCKETS];

    /** One bit per 64-byte line of each frame: instructions were decoded from there. */
    private final long[] codeLines;

    private final @Nullable Block[] firstInFrame;

    /** Blocks whose one instruction reaches into a second frame; there are few. */
    private final List<Block> crossing = new ArrayList<>();

    private int cachedInstructions;

    public CodeCache(MachineMemory memory) {
        this.memory = memory;
        this.codeLines = new long[Math.toIntExact(memory.frames())];
        this.firstInFrame = new Block[codeLines.length];
    }

    /** Makes a vCPU's TLB and running block follow this cache's invalidations. */
    public void register(Cpu cpu) {
        cpus.add(cpu);
    }

    /** The block at RIP, decoded if need be; raises the page fault of the fetch. */
    Block find(Cpu cpu) {
        long rip = cpu.gpr[Cpu.RIP];
        long maddr = cpu.fetchAddress(rip);
        Block block = lookup(maddr);
        if (block != null) {
            if (block.secondMfn < 0) {
                return block;
            }
            long nextPage = (rip | ~MachineMemory.PAGE_MASK) + 1;
            if (cpu.fetchAddress(nextPage) >>> MachineMemory.PAGE_SHIFT == block.secondMfn) {
                return block;
            }
            drop(block);
        }
        return decode(cpu, rip, maddr);
    }

    private static int bucket(long maddr) {
        return (int) (maddr ^ maddr >>> 15) & (BUCKETS - 1);
    }

    private @Nullable Block lookup(long maddr) {
        for (Block b = buckets[bucket(maddr)]; b != null; b = b.nextInBucket) {
            if (b.maddr == maddr) {
                return b;
            }
        }
        return null;
    }

    /** A vCPU that belongs to no machine and cannot run: all state is zero, and nothing mapped. */
    public Cpu idleCpu() {
        return new Cpu(-1, memory, new PageWalker(memory), new IdleSupervisor());
    }

    /** The block that begins at a machine address, if it is cached. */
    public @Nullable Block peek(long maddr) {
        return lookup(maddr);
    }

    private Block decode(Cpu cpu, long rip, long maddr) {
        if (cachedInstructions > MAX_CACHED_INSTRUCTIONS) {
            dropUntranslated();
        }
        List<Insn> insns = new ArrayList<>();
        int offset = (int) maddr & ~(int) MachineMemory.PAGE_MASK;
        int at = offset;
        long secondMfn = -1;
        while (at < MachineMemory.PAGE_SIZE && insns.size() < Block.MAX_INSTRUCTIONS) {
            source.start(cpu, rip + (at - offset), maddr + (at - offset), insns.isEmpty());
            Insn insn;
            try {
                insn = decoder.decode(source);
            } catch (PageEnd e) {
                break;
            }
            InstructionRow row = decoder.row();
            if (row != null && row.has("solo") && !insns.isEmpty()) {
                break;
            }
            insns.add(insn);
            at += insn.length;
            secondMfn = source.secondMfn;
            if (row == null || row.has("end") || row.has("solo")) {
                break;
            }
        }
        Block block = new Block(maddr, insns.toArray(new Insn[0]), (int) secondMfn);
        insert(block, at - offset);
        return block;
    }

    private void insert(Block block, int bytes) {
        int bucket = bucket(block.maddr);
        block.nextInBucket = buckets[bucket];
        buckets[bucket] = block;
        int mfn = (int) (block.maddr >>> MachineMemory.PAGE_SHIFT);
        block.nextInFrame = firstInFrame[mfn];
        firstInFrame[mfn] = block;
        cachedInstructions += block.instructions.length;
        int offset = (int) block.maddr & ~(int) MachineMemory.PAGE_MASK;
        int end = Math.min(offset + bytes, MachineMemory.PAGE_SIZE);
        markCode(mfn, offset, end);
        if (block.secondMfn >= 0) {
            crossing.add(block);
            markCode(block.secondMfn, 0, offset + bytes - MachineMemory.PAGE_SIZE);
        }
    }

    private void markCode(long mfn, int from, int to) {
        codeLines[(int) mfn] |= lines(from, to);
        if ((memory.flags(mfn) & FrameFlags.CODE) == 0) {
            memory.addFlags(mfn, FrameFlags.CODE);
            for (Cpu cpu : cpus) {
                cpu.writeProtectFrame(mfn);
            }
        }
    }

    private static long lines(int from, int to) {
        int first = from >>> LINE_SHIFT;
        int last = Math.max(to - 1, from) >>> LINE_SHIFT;
        return (-1L << first) & (-1L >>> (63 - last));
    }

    @Override
    public void beforeWrite(long maddr, int length) {
        long mfn = maddr >>> MachineMemory.PAGE_SHIFT;
        int offset = (int) maddr & ~(int) MachineMemory.PAGE_MASK;
        if ((codeLines[(int) mfn] & lines(offset, offset + length)) != 0) {
            invalidate(mfn);
        }
    }

    /** Drops all blocks that touch a frame. */
    private void invalidate(long mfn) {
        while (firstInFrame[(int) mfn] != null) {
            drop(firstInFrame[(int) mfn]);
        }
        for (int i = crossing.size() - 1; i >= 0; i--) {
            if (crossing.get(i).secondMfn == mfn) {
                drop(crossing.get(i));
            }
        }
        codeLines[(int) mfn] = 0;
        memory.removeFlags(mfn, FrameFlags.CODE);
        for (Cpu cpu : cpus) {
            cpu.endBlock();
        }
    }

    private void drop(Block block) {
        block.invalidate();
        cachedInstructions -= block.instructions.length;
        int bucket = bucket(block.maddr);
        Block before = null;
        for (Block b = buckets[bucket]; b != block && b != null; b = b.nextInBucket) {
            before = b;
        }
        if (before == null) {
            buckets[bucket] = block.nextInBucket;
        } else {
            before.nextInBucket = block.nextInBucket;
        }
        int mfn = (int) (block.maddr >>> MachineMemory.PAGE_SHIFT);
        before = null;
        for (Block b = firstInFrame[mfn]; b != block && b != null; b = b.nextInFrame) {
            before = b;
        }
        if (before == null) {
            firstInFrame[mfn] = block.nextInFrame;
        } else {
            before.nextInFrame = block.nextInFrame;
        }
        if (block.secondMfn >= 0) {
            crossing.remove(block);
        }
    }

    /** Makes room, and drops what was hardest to come by last. */
    private void dropUntranslated() {
        for (int mfn = 0; mfn < firstInFrame.length; mfn++) {
            Block next;
            for (Block b = firstInFrame[mfn]; b != null; b = next) {
                next = b.nextInFrame;
                if (!b.isTranslated()) {
                    drop(b);
                }
            }
        }
        if (cachedInstructions > MAX_CACHED_INSTRUCTIONS / 2) {
            clear();
        }
    }

    /** Forgets everything; write protection of the frames stays until somebody writes to them. */
    private void clear() {
        for (int mfn = 0; mfn < firstInFrame.length; mfn++) {
            for (Block b = firstInFrame[mfn]; b != null; b = b.nextInFrame) {
                b.invalidate();
            }
        }
        Arrays.fill(firstInFrame, null);
        Arrays.fill(buckets, null);
        crossing.clear();
        cachedInstructions = 0;
    }

    /** The next instruction does not end within the page; it starts a block of its own. */
    private static final class PageEnd extends RuntimeException {
        private static final long serialVersionUID = 1;

        private PageEnd() {
            super("page end", null, false, false);
        }
    }

    /** Instruction bytes as the vCPU would fetch them. */
    private final class FetchSource implements Decoder.Source {
        private @Nullable Cpu cpu;
        private long rip;
        private long maddr;
        private boolean mayCross;
        private int inPage;
        private long secondMaddr;
        private long secondMfn;

        void start(Cpu fetching, long atRip, long atMaddr, boolean crossing) {
            cpu = fetching;
            rip = atRip;
            maddr = atMaddr;
            mayCross = crossing;
            inPage = MachineMemory.PAGE_SIZE - ((int) maddr & ~(int) MachineMemory.PAGE_MASK);
            secondMfn = -1;
        }

        @Override
        public int byteAt(int offset) {
            if (offset < inPage) {
                return memory.getByte(maddr + offset);
            }
            if (!mayCross) {
                throw pageEnd;
            }
            if (secondMfn < 0) {
                Cpu fetching = cpu;
                if (fetching == null) {
                    throw new IllegalStateException("not started");
                }
                secondMaddr = fetching.fetchAddress(rip + inPage);
                secondMfn = secondMaddr >>> MachineMemory.PAGE_SHIFT;
            }
            return memory.getByte(secondMaddr + offset - inPage);
        }
    }
}
