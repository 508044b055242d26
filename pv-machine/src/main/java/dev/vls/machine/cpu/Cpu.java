package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.HOST;
import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.vls.machine.cpu.sse.DotProduct;
import dev.vls.machine.cpu.sse.MxcsrState;
import dev.vls.machine.cpu.translate.LazyFlags;
import dev.vls.machine.cpu.x87.FpuState;
import dev.vls.machine.memory.FrameFlags;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import dev.vls.machine.memory.Tlb;
import dev.vls.machine.state.StateFields;

/**
 * The architectural state of one vCPU, and its way to memory. Registers are open to the instruction
 * kernels; everybody else goes through the methods. Owned by the machine's thread.
 */
public final class Cpu {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;

    /** A slot of {@link #gpr} that always holds zero: the base or index that an address has not. */
    public static final int ZERO = 16;

    /** The slot of {@link #gpr} with the address of the next instruction. */
    public static final int RIP = 17;

    public static final int ES = 0;
    public static final int CS = 1;
    public static final int SS = 2;
    public static final int DS = 3;
    public static final int FS = 4;
    public static final int GS = 5;

    /** More steps than anybody will ever take; sums of them do not overflow. */
    private static final long COUNT_MAX = Long.MAX_VALUE >> 10;

    /** Index in {@link #xmm} of a 128-bit scratch register, where memory operands are staged. */
    public static final int XMM_SCRATCH = 32;

    /** RAX to R15 by their numbers, then {@link #ZERO} and {@link #RIP}. */
    public final long[] gpr = new long[18];

    /**
     * XMM0 to XMM15: the low half of register n at 2n, the high half at 2n + 1; then the scratch.
     */
    public final long[] xmm = new long[XMM_SCRATCH + 2];

    /** See {@link Flags}. */
    public long flagsResult = 1;

    public long flagsAux;

    /**
     * Flags that a translation left unrecorded for the next one: a kind of {@link LazyFlags}, zero
     * outside of {@link Interpreter}'s run loop, and its operands and result.
     */
    public int pendingFlags;

    public long pendingA;
    public long pendingB;
    public long pendingResult;

    /** RFLAGS but for the arithmetic flags and bit 1: TF, IF, DF, IOPL, NT, RF, AC, ID. */
    public int systemFlags;

    /**
     * Segment selectors and bases by number. Bases of ES, CS, SS and DS stay zero in 64-bit mode.
     */
    public final int[] selector = new int[6];

    public final long[] segmentBase = new long[6];

    /** Debug address registers DR0 to DR3, and DR7; DR6 is kept by the supervisor. */
    public final long[] debugAddress = new long[4];

    public long debugControl;

    /** x87 and MMX registers. */
    public final FpuState fpu = new FpuState();

    /** MXCSR. */
    public final MxcsrState mxcsr = new MxcsrState();

    /** XCR0 while CR4.OSXSAVE is set, else zero: XSAVE and its relatives then raise #UD. */
    public long xcr0;

    /** Scratch space of DPPS and DPPD. */
    public final DotProduct dotProduct = new DotProduct();

    /** CR0.TS: the next x87, MMX or SSE instruction raises #NM. */
    public boolean taskSwitched;

    /** Steps taken: every instruction attempted counts one, whether it retires or faults. */
    public long instructionCount;

    /**
     * Second result of kernels that have two, and where XCHG-like instructions leave the other
     * value.
     */
    public long secondResult;

    /** What the last exception was about; see {@link Supervisor#exception}. */
    public int faultVector;

    public int faultErrorCode;
    public long faultAddress;
    public int faultDr6;

    /** Index in the running block at which to stop; zero ends the block after this instruction. */
    int blockLimit;

    /** Steps left in the run when a translation faulted. */
    long translationLeft;

    /** The last #GP came from a non-canonical address: it is #SS for accesses to the stack. */
    boolean faultIsAddress;

    /** The interpreter is stepping: repeated string instructions do one iteration at a time. */
    public boolean stepping;

    /** The supervisor took over after the instruction: no single-step trap follows it. */
    boolean stepConsumed;

    /** Where the running block or step began. */
    long instructionStart;

    /** CR4.FSGSBASE: RDFSBASE and its kin are available. */
    public boolean fsGsBaseEnabled;

    private boolean exitRequested;

    private final GuestFault fault = new GuestFault();
    private final MachineMemory memory;
    private final PageWalker walker;
    private final AddressSpaces addressSpaces;
    private int mode;
    private Tlb tlb;
    private final JumpCache jumpCache = new JumpCache();
    private final Supervisor supervisor;
    private final ProtectedStorePath protectedStores = new ProtectedStorePath();

    /** Vector index of the vCPU within its domain. */
    public final int id;

    public Cpu(int id, MachineMemory memory, PageWalker walker, Supervisor supervisor) {
        this.id = id;
        this.memory = memory;
        this.walker = walker;
        this.supervisor = supervisor;
        this.addressSpaces = new AddressSpaces();
        this.tlb = addressSpaces.ofMode(0).tlb;
    }

    public Supervisor supervisor() {
        return supervisor;
    }

    public MachineMemory memory() {
        return memory;
    }

    // --- flags and control ---

    public int rflags() {
        return systemFlags | 2 | Flags.arithmetic(this);
    }

    public void setRflags(long value) {
        int v = (int) value;
        Flags.setArithmetic(this, v);
        systemFlags =
                v
                        & (Flags.TF
                                | Flags.IF
                                | Flags.DF
                                | Flags.IOPL
                                | Flags.NT
                                | Flags.RF
                                | Flags.AC
                                | Flags.ID);
        endBlock();
    }

    public long rip() {
        return gpr[RIP];
    }

    public void setRip(long linear) {
        gpr[RIP] = linear;
    }

    /** Ends the running block after this instruction: something that it stands on has changed. */
    public void endBlock() {
        blockLimit = 0;
    }

    /** Whether somebody called {@link #endBlock} since the block or translation began. */
    public boolean blockEnded() {
        return blockLimit == 0;
    }

    /** The running instruction hands over to the supervisor: no #DB of TF follows it. */
    public void skipSingleStepTrap() {
        stepConsumed = true;
    }

    /** Address of the running instruction, for those that the table marks {@code solo}. */
    public long instructionStart() {
        return instructionStart;
    }

    /** Makes {@link Interpreter#run} return after this instruction. */
    public void requestExit() {
        exitRequested = true;
        blockLimit = 0;
    }

    boolean exitRequested() {
        return exitRequested;
    }

    void clearExitRequest() {
        exitRequested = false;
    }

    // --- exceptions ---

    /** Raises an exception from within an instruction: {@code throw cpu.raise(…)}. */
    public GuestFault raise(int vector, int errorCode) {
        faultVector = vector;
        faultErrorCode = errorCode;
        return fault;
    }

    public GuestFault raise(int vector) {
        return raise(vector, 0);
    }

    // --- address space ---

    /**
     * Page-table roots (machine addresses of L4 tables) of kernel mode (0) and user mode (1).
     * Flushes nothing: what was made from a root's tables is kept until those {@linkplain
     * #forgetRoot cease to be}.
     */
    public void setRoot(int ofMode, long rootMaddr) {
        if (root(ofMode) != rootMaddr) {
            addressSpaces.select(ofMode, rootMaddr);
            if (ofMode == mode) {
                enterSpace();
            }
        }
    }

    public long root(int ofMode) {
        return addressSpaces.ofMode(ofMode).root;
    }

    /** Switches between the address spaces of kernel (0) and user mode (1); flushes nothing. */
    public void setMode(int newMode) {
        mode = newMode;
        enterSpace();
    }

    private void enterSpace() {
        tlb = addressSpaces.ofMode(mode).tlb;
        endBlock();
    }

    public int mode() {
        return mode;
    }

    /** The TLB of the mode that is running. */
    public Tlb tlb() {
        return tlb;
    }

    JumpCache jumpCache() {
        return jumpCache;
    }

    AddressSpaces addressSpaces() {
        return addressSpaces;
    }

    /** The machine address to fetch instructions from; raises the fetch's exception. */
    long fetchAddress(long linear) {
        int slot = Tlb.slot(linear);
        if (tlb.executeTag[slot] == (linear & PAGE_MASK)) {
            return tlb.executeFrame(slot) << MachineMemory.PAGE_SHIFT | (linear & ~PAGE_MASK);
        }
        return translate(linear, PageWalker.FETCH);
    }

    public void flushTlb() {
        addressSpaces.flush();
        endBlock();
    }

    /** A table is no root any more: it may change unseen from now on. */
    public void forgetRoot(long rootMaddr) {
        addressSpaces.forgetRoot(rootMaddr);
        endBlock();
    }

    public void invalidateFrame(long mfn) {
        addressSpaces.invalidateFrame(mfn);
        endBlock();
    }

    /** Takes write rights to a frame out of the TLBs, after {@link FrameFlags} were added to it. */
    public void writeProtectFrame(long mfn) {
        addressSpaces.writeProtectFrame(mfn);
    }

    public void writeProtectAll() {
        addressSpaces.writeProtectAll();
    }

    // --- loads and stores: the TLB's hit path; all else in MemorySlowPath ---

    public long load8(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.readTag[slot] == (linear & PAGE_MASK)) {
            return HOST.get(JAVA_BYTE, linear + t.addend[slot]) & 0xFFL;
        }
        return MemorySlowPath.load(this, linear, 1);
    }

    public long load16(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.readTag[slot] == (linear + 1 & PAGE_MASK)) {
            return HOST.get(JAVA_SHORT_UNALIGNED, linear + t.addend[slot]) & 0xFFFFL;
        }
        return MemorySlowPath.load(this, linear, 2);
    }

    public long load32(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.readTag[slot] == (linear + 3 & PAGE_MASK)) {
            return HOST.get(JAVA_INT_UNALIGNED, linear + t.addend[slot]) & 0xFFFF_FFFFL;
        }
        return MemorySlowPath.load(this, linear, 4);
    }

    public long load64(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.readTag[slot] == (linear + 7 & PAGE_MASK)) {
            return HOST.get(JAVA_LONG_UNALIGNED, linear + t.addend[slot]);
        }
        return MemorySlowPath.load(this, linear, 8);
    }

    public void store8(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.writeTag[slot] == (linear & PAGE_MASK)) {
            HOST.set(JAVA_BYTE, linear + t.addend[slot], (byte) value);
        } else {
            MemorySlowPath.store(this, linear, 1, value);
        }
    }

    public void store16(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.writeTag[slot] == (linear + 1 & PAGE_MASK)) {
            HOST.set(JAVA_SHORT_UNALIGNED, linear + t.addend[slot], (short) value);
        } else {
            MemorySlowPath.store(this, linear, 2, value);
        }
    }

    public void store32(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.writeTag[slot] == (linear + 3 & PAGE_MASK)) {
            HOST.set(JAVA_INT_UNALIGNED, linear + t.addend[slot], (int) value);
        } else {
            MemorySlowPath.store(this, linear, 4, value);
        }
    }

    public void store64(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.writeTag[slot] == (linear + 7 & PAGE_MASK)) {
            HOST.set(JAVA_LONG_UNALIGNED, linear + t.addend[slot], value);
        } else {
            MemorySlowPath.store(this, linear, 8, value);
        }
    }

    /**
     * Makes sure that a store to the range will not fault, raising the fault if it would: for
     * instructions that read before they write, or that write more than once.
     *
     * @param size bytes, at most a page
     */
    public void checkWrite(long linear, int size) {
        Tlb t = tlb;
        if (t.writeTag[Tlb.slot(linear)] != (linear + size - 1 & PAGE_MASK)) {
            MemorySlowPath.checkWrite(this, linear, size);
        }
    }

    /**
     * As {@link #checkWrite}, for large operands: processors look at the first element and the last
     * byte, which CR2 shows.
     */
    public void checkWriteEnds(long linear, int elementSize, int size) {
        checkWrite(linear, elementSize);
        checkWrite(linear + size - 1, 1);
    }

    /** As {@link #checkWriteEnds} for reads. */
    public void checkReadEnds(long linear, int elementSize, int size) {
        checkRead(linear, elementSize);
        checkRead(linear + size - 1, 1);
    }

    /** As {@link #checkWrite} for reads. */
    public void checkRead(long linear, int size) {
        Tlb t = tlb;
        if (t.readTag[Tlb.slot(linear)] != (linear + size - 1 & PAGE_MASK)) {
            MemorySlowPath.checkRead(this, linear, size);
        }
    }

    /** Load of 1, 2, 4 or 8 bytes, zero-extended. */
    public long load(long linear, int size) {
        return switch (size) {
            case 1 -> load8(linear);
            case 2 -> load16(linear);
            case 4 -> load32(linear);
            default -> load64(linear);
        };
    }

    public void store(long linear, int size, long value) {
        switch (size) {
            case 1 -> store8(linear, value);
            case 2 -> store16(linear, value);
            case 4 -> store32(linear, value);
            default -> store64(linear, value);
        }
    }

    /**
     * The machine address behind a linear one, if the TLB of a mode allows the access without a
     * walk, which would change nothing then; else -1.
     */
    public long findInTlb(int ofMode, long linear, boolean write) {
        Tlb t = addressSpaces.ofMode(ofMode).tlb;
        int slot = Tlb.slot(linear);
        long[] tags = write ? t.writeTag : t.readTag;
        return tags[slot] == (linear & PAGE_MASK)
                ? t.dataFrame(slot) << MachineMemory.PAGE_SHIFT | (linear & ~PAGE_MASK)
                : -1;
    }

    /** Host address behind a linear one if the TLB allows reading its page now, else 0. */
    public long hostForRead(long linear) {
        int slot = Tlb.slot(linear);
        return tlb.readTag[slot] == (linear & PAGE_MASK) ? linear + tlb.addend[slot] : 0;
    }

    /** Host address behind a linear one if the TLB allows writing its page now, else 0. */
    public long hostForWrite(long linear) {
        int slot = Tlb.slot(linear);
        return tlb.writeTag[slot] == (linear & PAGE_MASK) ? linear + tlb.addend[slot] : 0;
    }

    public static boolean isCanonical(long linear) {
        return linear << 16 >> 16 == linear;
    }

    /** Raises #GP(0), or #SS(0) for the stack's addresses, unless the address is canonical. */
    public void checkCanonical(long linear) {
        if (!isCanonical(linear)) {
            faultIsAddress = true;
            faultAddress = linear;
            throw raise(Vector.GP, 0);
        }
    }

    // --- page walks ---

    /** Lets somebody take over stores to pages that are mapped read-only. */
    public void setProtectedStores(ProtectedStores stores) {
        protectedStores.setStores(stores);
    }

    ProtectedStorePath protectedStores() {
        return protectedStores;
    }

    /** As {@link #translate} for a store within one page; -1 if the store is taken over. */
    long translateStore(long linear, int size) {
        try {
            return translate(linear, PageWalker.WRITE);
        } catch (GuestFault refused) {
            if (protectedStores.takes(this, linear, size)) {
                return -1;
            }
            throw refused;
        }
    }

    /**
     * Fills the TLB for one page and returns the machine address behind the linear one.
     *
     * @throws GuestFault #PF, or #GP(0) for a non-canonical address
     */
    long translate(long linear, int access) {
        checkCanonical(linear);
        if (!walker.walk(root(mode), linear, access)) {
            faultAddress = linear;
            throw raise(Vector.PF, walker.errorCode);
        }
        long maddr = walker.maddr;
        long mfn = maddr >>> MachineMemory.PAGE_SHIFT;
        if ((memory.flags(mfn) & FrameFlags.MISSING) != 0) {
            memory.beforeRead(maddr);
        }
        long page = linear & PAGE_MASK;
        if (access == PageWalker.FETCH) {
            tlb.fillExecute(page, mfn);
        } else if (!DebugRegisters.watches(this, page)) {
            boolean writable = walker.writable && walker.dirty && memory.flags(mfn) == 0;
            tlb.fill(page, mfn, memory.hostAddress(maddr & PAGE_MASK, 1) - page, writable);
        }
        return maddr;
    }

    // --- state ---

    /**
     * The registers between two instructions; all else is scratch, or follows from what the
     * supervisor keeps, as the page-table roots and the mode do.
     */
    public void state(StateFields s) {
        s.longs("gpr", gpr);
        if (gpr[ZERO] != 0) {
            throw s.refusal("gpr", "the register that is always zero is not");
        }
        long rflags = s.int64("rflags", rflags());
        if (s.restores()) {
            setRflags(rflags);
        }
        for (int i = 0; i < XMM_SCRATCH; i++) {
            xmm[i] = s.int64("xmm", xmm[i]);
        }
        s.ints("selector", selector);
        s.longs("segmentBase", segmentBase);
        s.longs("debugAddress", debugAddress);
        debugControl = s.int64("debugControl", debugControl);
        fpu.state(s);
        mxcsr.set(s.int32("mxcsr", mxcsr.get(), 0, MxcsrState.WRITABLE));
        xcr0 = s.int64("xcr0", xcr0);
        taskSwitched = s.flag("taskSwitched", taskSwitched);
        fsGsBaseEnabled = s.flag("fsGsBaseEnabled", fsGsBaseEnabled);
        instructionCount = s.int64("instructionCount", instructionCount, 0, COUNT_MAX);
    }
}
