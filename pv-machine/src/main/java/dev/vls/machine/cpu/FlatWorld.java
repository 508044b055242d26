package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;

/**
 * A world for flat 64-bit user code without a guest around it: memory where it was mapped, the
 * registers of a {@link Cpu}, and nothing that handles an exception. The code runs as on a ring-3
 * processor, through page tables, until it faults, executes HLT or SYSCALL, or reaches a limit.
 *
 * <p>Segments are those of a 64-bit process on Linux: selector 33 for code, 2B for data, no others.
 * Interrupt gates 3 and 4 may be called from ring 3, no others. FSGSBASE is enabled. The time-stamp
 * counter is the instruction count. Owned by one thread.
 */
public final class FlatWorld implements Supervisor, AutoCloseable {
    /** Selector of the 64-bit code segment, with RPL 3. */
    public static final int CODE_SELECTOR = 0x33;

    /** Selector of the data segment, with RPL 3. */
    public static final int DATA_SELECTOR = 0x2B;

    private static final long CODE_DESCRIPTOR = 0x00AF_FB00_0000_FFFFL;
    private static final long DATA_DESCRIPTOR = 0x00CF_F300_0000_FFFFL;

    /** Frames for page tables beyond one per 2 MiB of the mappings: enough for 1,000 of them. */
    private static final long TABLE_BYTES = 16L << 20;

    private static final long PRESENT = 1;
    private static final long RW = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long NO_EXECUTE = 1L << 63;
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    /** What code may do with a mapping. */
    public enum Rights {
        READ(NO_EXECUTE),
        READ_EXECUTE(0),
        READ_WRITE(RW | NO_EXECUTE),
        ALL(RW);

        private final long leafBits;

        Rights(long leafBits) {
            this.leafBits = leafBits;
        }
    }

    /** Why a run ended. */
    public enum End {
        /** HLT: RIP is that of the HLT, which as a privileged instruction does not retire. */
        HALT,
        /** An exception: RIP is what the processor would have pushed. */
        FAULT,
        /** SYSCALL retired. */
        SYSCALL,
        /** The given number of instructions ran. */
        LIMIT
    }

    /**
     * How a run ended.
     *
     * @param vector the exception's vector for {@link End#FAULT}, otherwise -1
     * @param errorCode what the processor would have pushed, 0 where the vector has none
     * @param faultAddress CR2 for #PF, otherwise 0
     */
    public record Outcome(End end, int vector, int errorCode, long faultAddress) {
        private static Outcome of(End end) {
            return new Outcome(end, -1, 0, 0);
        }
    }

    private final MachineMemory memory;
    private final PageWalker walker;
    private final Cpu cpu;
    private final Interpreter interpreter;
    private final long rootMaddr;
    private final long[] descriptors = new long[16];
    private CpuidLeaves cpuidLeaves = (_, _, _) -> {};
    private long nextFrameMaddr;
    private Outcome outcome = Outcome.of(End.LIMIT);

    /**
     * Makes an empty world.
     *
     * @param mappableBytes upper bound for the sum of the mappings, each rounded to whole pages
     * @throws dev.vls.machine.memory.HostMemoryException if the host has not that much memory
     */
    public FlatWorld(long mappableBytes) {
        this(mappableBytes, Engine.INTERPRETER);
    }

    /** Makes an empty world whose code an engine executes. */
    public FlatWorld(long mappableBytes, Engine engine) {
        if (mappableBytes < 0 || mappableBytes > 1L << 40) {
            throw new IllegalArgumentException("mappable bytes: " + mappableBytes);
        }
        long pages = (mappableBytes + PAGE_SIZE - 1) / PAGE_SIZE;
        memory = MachineMemory.allocate((pages + pages / 512) * PAGE_SIZE + TABLE_BYTES);
        walker = new PageWalker(memory);
        cpu = new Cpu(0, memory, new PageWalker(memory), this);
        CodeCache codeCache = new CodeCache(memory);
        codeCache.register(cpu);
        memory.setObserver(codeCache);
        interpreter = engine.runLoop(codeCache);
        rootMaddr = allocateFrame();
        cpu.setRoot(0, rootMaddr);
        cpu.setRoot(1, rootMaddr);
        describe(CODE_SELECTOR & ~7, CODE_DESCRIPTOR);
        describe(DATA_SELECTOR & ~7, DATA_DESCRIPTOR);
        cpu.selector[Cpu.CS] = CODE_SELECTOR;
        cpu.selector[Cpu.SS] = DATA_SELECTOR;
        cpu.setRflags(Flags.IF);
        cpu.fsGsBaseEnabled = true;
    }

    /** The processor, for its registers. RFLAGS starts as 202, RIP and the others as 0. */
    public Cpu cpu() {
        return cpu;
    }

    /**
     * Maps memory with all rights. See {@link #map(long, long, byte[], Rights)}.
     *
     * @param content what it starts with; zeroes follow
     */
    public void map(long linear, long size, byte[] content) {
        map(linear, size, content, Rights.ALL);
    }

    /**
     * Maps whole pages that cover a range.
     *
     * @param linear first byte of the content; any canonical address
     * @param size bytes, at least the content's length
     * @throws IllegalArgumentException if the range is empty, not canonical, shares a page with an
     *     earlier one, or is more than the world was made for; nothing is mapped then
     */
    public void map(long linear, long size, byte[] content, Rights rights) {
        if (size <= 0 || size < content.length) {
            throw new IllegalArgumentException(
                    "%d bytes at 0x%x cannot hold %d".formatted(size, linear, content.length));
        }
        long last = linear + size - 1;
        if (!Cpu.isCanonical(linear) || !Cpu.isCanonical(last) || (linear ^ last) < 0) {
            throw new IllegalArgumentException(
                    "%d bytes at 0x%x are not within the address space".formatted(size, linear));
        }
        long first = linear & PAGE_MASK;
        long pages = (last - first) / PAGE_SIZE + 1;
        checkRoom(first, pages);
        for (long i = 0; i < pages; i++) {
            mapPage(first + i * PAGE_SIZE, rights);
        }
        write(linear, content);
        cpu.flushTlb();
    }

    private void checkRoom(long first, long pages) {
        // Tables: one for 512 pages, and two more of each level where the range is not aligned.
        long frames = pages + pages / 512 + 6;
        if (nextFrameMaddr / PAGE_SIZE + frames > memory.frames()) {
            throw new IllegalArgumentException("more is mapped than the world was made for");
        }
        for (long i = 0; i < pages; i++) {
            long page = first + i * PAGE_SIZE;
            if (walker.walk(rootMaddr, page, PageWalker.READ)) {
                throw new IllegalArgumentException("0x%x is mapped twice".formatted(page));
            }
        }
    }

    private void mapPage(long page, Rights rights) {
        long table = rootMaddr;
        for (int shift = 39; shift > 12; shift -= 9) {
            long entryMaddr = table + ((page >>> shift & 0x1FF) << 3);
            long entry = memory.getLong(entryMaddr);
            if (entry == 0) {
                entry = allocateFrame() | PRESENT | RW | USER | ACCESSED;
                memory.setLong(entryMaddr, entry);
            }
            table = entry & ADDRESS;
        }
        long leafMaddr = table + ((page >>> 12 & 0x1FF) << 3);
        memory.setLong(
                leafMaddr, allocateFrame() | PRESENT | USER | ACCESSED | DIRTY | rights.leafBits);
    }

    private long allocateFrame() {
        long frame = nextFrameMaddr;
        nextFrameMaddr += PAGE_SIZE;
        return frame;
    }

    /**
     * Where a mapped byte lives in machine memory; consecutive within a page.
     *
     * @throws IllegalArgumentException if nothing is mapped there
     */
    public long maddr(long linear) {
        if (!Cpu.isCanonical(linear) || !walker.walk(rootMaddr, linear, PageWalker.READ)) {
            throw new IllegalArgumentException("nothing is mapped at 0x%x".formatted(linear));
        }
        return walker.maddr;
    }

    /** Writes to mapped memory, whatever its rights. */
    public void write(long linear, byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            long at = linear + done;
            int inPage = (int) Math.min(bytes.length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
            memory.write(maddr(at), bytes, done, inPage);
            done += inPage;
        }
    }

    /** Reads mapped memory. */
    public byte[] read(long linear, int length) {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            long at = linear + done;
            int inPage = (int) Math.min(length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
            memory.read(maddr(at), bytes, done, inPage);
            done += inPage;
        }
        return bytes;
    }

    public MachineMemory memory() {
        return memory;
    }

    /**
     * Runs from the current registers.
     *
     * @param maxInstructions more than 0
     */
    public Outcome run(long maxInstructions) {
        outcome = Outcome.of(End.LIMIT);
        long limit = cpu.instructionCount + maxInstructions;
        interpreter.run(cpu, limit < 0 ? Long.MAX_VALUE : limit);
        return outcome;
    }

    /** Of all steps, those that ran in translations. */
    public long translatedSteps() {
        return interpreter.translatedSteps();
    }

    private void end(Cpu ofCpu, Outcome with) {
        outcome = with;
        ofCpu.requestExit();
    }

    @Override
    public void syscall(Cpu ofCpu) {
        end(ofCpu, Outcome.of(End.SYSCALL));
    }

    @Override
    public void exception(Cpu ofCpu, int vector, int errorCode) {
        if (vector == Vector.GP && errorCode == 0 && isHalt(ofCpu.rip())) {
            end(ofCpu, Outcome.of(End.HALT));
            return;
        }
        long address = vector == Vector.PF ? ofCpu.faultAddress : 0;
        end(ofCpu, new Outcome(End.FAULT, vector, errorCode, address));
    }

    @Override
    public void softwareInterrupt(Cpu ofCpu, int vector, long instructionRip) {
        if (vector == Vector.BP || vector == Vector.OF) {
            exception(ofCpu, vector, 0);
        } else {
            ofCpu.setRip(instructionRip);
            exception(ofCpu, Vector.GP, vector << 3 | 2);
        }
    }

    /** Whether a HLT stands at an address, possibly behind prefixes. */
    private boolean isHalt(long rip) {
        for (long at = rip; at < rip + 15; at++) {
            if (!Cpu.isCanonical(at) || !walker.walk(rootMaddr, at, PageWalker.FETCH)) {
                return false;
            }
            int octet = memory.getByte(walker.maddr);
            if (!isPrefix(octet)) {
                return octet == 0xF4;
            }
        }
        return false;
    }

    private static boolean isPrefix(int octet) {
        return switch (octet) {
            case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF2, 0xF3 -> true;
            default -> (octet & 0xF0) == 0x40;
        };
    }

    /** What CPUID answers. */
    @FunctionalInterface
    public interface CpuidLeaves {
        /**
         * Looks a leaf up.
         *
         * @param registers receives EAX, EBX, ECX, EDX; all zero on entry
         */
        void query(int leaf, int subleaf, int[] registers);
    }

    /** Sets what CPUID answers; without this, every leaf is zero. */
    public void setCpuid(CpuidLeaves leaves) {
        cpuidLeaves = leaves;
    }

    @Override
    public void cpuid(Cpu ofCpu) {
        int[] registers = new int[4];
        cpuidLeaves.query((int) ofCpu.gpr[Cpu.RAX], (int) ofCpu.gpr[Cpu.RCX], registers);
        ofCpu.gpr[Cpu.RAX] = Integer.toUnsignedLong(registers[0]);
        ofCpu.gpr[Cpu.RBX] = Integer.toUnsignedLong(registers[1]);
        ofCpu.gpr[Cpu.RCX] = Integer.toUnsignedLong(registers[2]);
        ofCpu.gpr[Cpu.RDX] = Integer.toUnsignedLong(registers[3]);
    }

    @Override
    public long timestampCounter(Cpu ofCpu) {
        return ofCpu.instructionCount;
    }

    @Override
    public int timestampAux(Cpu ofCpu) {
        return 0;
    }

    /**
     * Adds a segment descriptor, or replaces one.
     *
     * @param selector a multiple of 8 up to 78, hexadecimal
     */
    public void describe(int selector, long descriptor) {
        descriptors[selector / 8] = descriptor;
    }

    @Override
    public long descriptor(Cpu ofCpu, int selector) {
        boolean local = (selector & 4) != 0;
        return local || selector >> 3 >= descriptors.length ? 0 : descriptors[selector >> 3];
    }

    @Override
    public void close() {
        memory.close();
    }
}
