package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.MemoryManagement;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateSections;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.VmAssistType;
import org.jspecify.annotations.Nullable;

/**
 * The memory management of a machine with one domain: lays out the machine's frames and holds the
 * parts that do the work. Made before the domain, which is {@linkplain #attach attached} before its
 * first frame is asked for.
 *
 * <p>Layout: 256 frames that Xen treats as I/O space, the m2p table from frame 512, the
 * hypervisor's page tables, and all the rest for the guest and what the hypervisor shares with it.
 */
public final class MemoryManager implements MemoryManagement {
    /** Frames that a domain may have beyond those it is built with: 1 MiB, as libxl gives it. */
    public static final long EXTRA_PAGES = 256;

    private static final long IO_FRAMES = 256;
    private static final long M2P_FIRST_FRAME = 512;

    /** Frames for grant tables and other shared pages, and for exchanges. */
    private static final long HYPERVISOR_FRAMES = 2048;

    private final FrameAllocator allocator;
    private final MachineToPhys machineToPhys;
    private final XenPageTables xenPageTables;
    private final FrameTable frames;
    private final PageTypes types;
    private final TlbCoherence tlbs = new TlbCoherence();
    private final EntryUpdates updates;
    private final long domainPages;
    private final GuestReservation reservation;
    private final DescriptorTables descriptors;
    private final Rules rules = new Rules();

    /**
     * Takes over a machine's memory, all of it zero.
     *
     * @param memory at least {@link #machineBytes} for the guest
     * @param pages frames that the guest will be built with
     */
    public MemoryManager(MachineMemory memory, long pages, int vcpus) {
        this(memory, pages, vcpus, true);
    }

    /**
     * The manager of memory that holds a machine, or will when it is there; the rest is to be
     * restored by {@link #state}. The memory is not touched.
     */
    public static MemoryManager toRestore(MachineMemory memory, long pages, int vcpus) {
        return new MemoryManager(memory, pages, vcpus, false);
    }

    private MemoryManager(MachineMemory memory, long pages, int vcpus, boolean isNew) {
        if (memory.frames() < M2P_FIRST_FRAME + hypervisorFrames(memory.frames())) {
            throw new IllegalArgumentException("too small: " + memory.frames() + " frames");
        }
        allocator = new FrameAllocator(memory.frames());
        long m2pEnd = M2P_FIRST_FRAME + MachineToPhys.tableFrames(memory.frames());
        machineToPhys =
                isNew
                        ? MachineToPhys.create(memory, M2P_FIRST_FRAME)
                        : MachineToPhys.at(memory, M2P_FIRST_FRAME);
        xenPageTables =
                isNew
                        ? XenPageTables.create(memory, machineToPhys, m2pEnd)
                        : XenPageTables.at(memory, m2pEnd);
        frames = new FrameTable(memory, allocator, machineToPhys);
        for (long mfn = 0; mfn < IO_FRAMES; mfn++) {
            frames.assignIo(mfn);
        }
        long firstFree = m2pEnd + XenPageTables.tableFrames(memory.frames());
        allocator.addRange(IO_FRAMES, M2P_FIRST_FRAME);
        allocator.addRange(firstFree, memory.frames());
        types = new PageTypes(frames, xenPageTables, rules, tlbs);
        updates = new EntryUpdates(frames, types, tlbs);
        domainPages = pages;
        reservation = new GuestReservation(frames, allocator, machineToPhys, pages + EXTRA_PAGES);
        descriptors = new DescriptorTables(frames, types, vcpus);
    }

    /** Pages that the domain was built with. */
    public long domainPages() {
        return domainPages;
    }

    /** Bytes of machine memory that a guest of so many pages needs. */
    public static long machineBytes(long pages) {
        long fixed = M2P_FIRST_FRAME + pages + EXTRA_PAGES + HYPERVISOR_FRAMES;
        // Twice, for the m2p has entries for its own frames.
        long frames = fixed + hypervisorFrames(fixed + hypervisorFrames(2 * fixed));
        long chunks = (frames + M2P_FIRST_FRAME - 1) / M2P_FIRST_FRAME;
        return (chunks * M2P_FIRST_FRAME) << PAGE_SHIFT;
    }

    private static long hypervisorFrames(long machineFrames) {
        return MachineToPhys.tableFrames(machineFrames) + XenPageTables.tableFrames(machineFrames);
    }

    /** Names the domain whose memory this is. */
    public void attach(Domain domain) {
        rules.domain = domain;
        Cpu[] cpus = new Cpu[domain.vcpuCount()];
        TableStores stores = new TableStores(frames, types, updates, rules);
        for (int i = 0; i < cpus.length; i++) {
            cpus[i] = domain.vcpu(i).cpu;
            cpus[i].setProtectedStores(stores);
        }
        tlbs.attach(cpus);
    }

    // --- parts ---

    public FrameTable frames() {
        return frames;
    }

    public MachineMemory machineMemory() {
        return frames.memory();
    }

    public PageTypes types() {
        return types;
    }

    public MachineToPhys machineToPhys() {
        return machineToPhys;
    }

    public GuestReservation reservation() {
        return reservation;
    }

    public EntryUpdates updates() {
        return updates;
    }

    public TlbCoherence tlbs() {
        return tlbs;
    }

    public DescriptorTables descriptors() {
        return descriptors;
    }

    /**
     * A measure of the work done on page tables, which a single request can have much of: entries
     * visited since the machine was made.
     */
    public long tableWork() {
        return types.tables().entriesVisited();
    }

    FrameAllocator allocator() {
        return allocator;
    }

    // --- for the domain builder ---

    /**
     * Gives the guest a frame of zeroes under a pfn.
     *
     * @return the mfn
     * @throws IllegalStateException if the machine has no more frames for the guest
     */
    public long allocatePage(long pfn) {
        long mfn = reservation.allocate(0, GuestReservation.ANY_ADDRESS);
        if (mfn < 0) {
            throw new IllegalStateException("the machine was made for a smaller guest");
        }
        machineToPhys.set(mfn, pfn);
        return mfn;
    }

    /**
     * A zeroed frame of the hypervisor shared with the guest, for shared info.
     *
     * @throws IllegalStateException if the machine has none left
     */
    public long allocateSharedPage() {
        long mfn = reservation.allocateShared();
        if (mfn < 0) {
            throw new IllegalStateException("the machine has no frame for the hypervisor left");
        }
        return mfn;
    }

    /**
     * Validates and pins the page tables that the builder wrote, as the toolstack does with
     * MMUEXT_PIN_L4_TABLE, and makes them the boot vCPU's.
     *
     * @return 0, or the negated errno of what is wrong with them
     */
    public int pinInitialTables(Vcpu vcpu, long l4Mfn) {
        int result = pin(l4Mfn, PageType.L4_TABLE);
        return result != 0 ? result : installRoots(vcpu, l4Mfn, 0);
    }

    /** Pins a table of the guest; accepts any number. */
    public int pin(long mfn, int level) {
        int result = types.getPageAndType(mfn, level);
        if (result != 0) {
            return result;
        }
        if (types.isPinned(mfn)) {
            types.putPageAndType(mfn);
            return -XenErrno.EINVAL;
        }
        types.setPinned(mfn, true);
        return 0;
    }

    /** Takes the pin off a table of the guest; accepts any number. */
    public int unpin(long mfn) {
        if (!frames.isValid(mfn) || frames.owner(mfn) != FrameOwner.GUEST || !types.isPinned(mfn)) {
            return -XenErrno.EINVAL;
        }
        types.setPinned(mfn, false);
        types.putPageAndType(mfn);
        return 0;
    }

    // --- roots ---

    /** MMUEXT_NEW_BASEPTR: other page tables for kernel mode. */
    public int newBasePointer(Vcpu vcpu, long mfn) {
        long old = vcpu.guestTableMfn;
        if (old == mfn) {
            return 0;
        }
        int result = types.getPageAndType(mfn, PageType.L4_TABLE);
        if (result != 0) {
            return result;
        }
        descriptors.dropLdt(vcpu);
        if (!rules.hidesM2pFromUser()) {
            xenPageTables.addM2p(mfn);
        }
        vcpu.setGuestTable(mfn);
        if (old != 0) {
            types.putPageAndType(old);
        }
        return 0;
    }

    /** MMUEXT_NEW_USER_BASEPTR: other page tables for user mode, 0 for none. */
    public int newUserBasePointer(Vcpu vcpu, long mfn) {
        long old = vcpu.guestTableUserMfn;
        if (old == mfn) {
            return 0;
        }
        if (mfn != 0) {
            int result = types.getPageAndType(mfn, PageType.L4_TABLE);
            if (result != 0) {
                return result;
            }
            if (rules.hidesM2pFromUser() && xenPageTables.removeM2p(mfn)) {
                tlbs.tableChanged(PageTableFlag.PRESENT, 0);
            }
        }
        vcpu.setGuestTableUser(mfn);
        if (old != 0) {
            types.putPageAndType(old);
        }
        return 0;
    }

    @Override
    public int installRoots(Vcpu vcpu, long kernelMfn, long userMfn) {
        int result = newBasePointer(vcpu, kernelMfn);
        return result != 0 ? result : newUserBasePointer(vcpu, userMfn);
    }

    @Override
    public void releaseTables(Vcpu vcpu) {
        long kernel = vcpu.guestTableMfn;
        descriptors.setLdt(vcpu, 0, 0);
        descriptors.setGdt(vcpu, new long[0], 0);
        newUserBasePointer(vcpu, 0);
        if (kernel != 0) {
            vcpu.setGuestTable(0);
            types.putPageAndType(kernel);
        }
    }

    /**
     * The frame that the guest has under a pfn.
     *
     * @param pfn any number
     * @return the lowest mfn that the m2p has for it, -1 for none
     */
    public long mfnOfPfn(long pfn) {
        for (long mfn = 0; mfn < frames.frames(); mfn++) {
            if (machineToPhys.get(mfn) == pfn && frames.owner(mfn) == FrameOwner.GUEST) {
                return mfn;
            }
        }
        return -1;
    }

    @Override
    public int newKernelRoot(Vcpu vcpu, long mfn) {
        return newBasePointer(vcpu, mfn);
    }

    // --- descriptor tables, faults ---

    @Override
    public long pfnOfMfn(long mfn) {
        return frames.isValid(mfn) ? machineToPhys.get(mfn) : MachineToPhys.INVALID;
    }

    @Override
    public boolean handlePageFault(Vcpu vcpu, long linear, int errorCode) {
        // Stores to page tables were offered to TableStores before they became faults.
        return false;
    }

    @Override
    public long descriptor(Vcpu vcpu, int selector) {
        return descriptors.descriptor(vcpu, selector);
    }

    @Override
    public boolean isLdtPageUsable(Vcpu vcpu, int selector) {
        return descriptors.holdsLdtEntry(vcpu, selector);
    }

    @Override
    public int setGdt(Vcpu vcpu, long[] mfns, int entries) {
        return descriptors.setGdt(vcpu, mfns, entries);
    }

    @Override
    public int setLdt(Vcpu vcpu, long baseLinear, int entries) {
        return descriptors.setLdt(vcpu, baseLinear, entries);
    }

    @Override
    public boolean getWritablePage(long mfn) {
        return types.getPageAndType(mfn, PageType.WRITABLE) == 0;
    }

    @Override
    public void putWritablePage(long mfn) {
        types.putPageAndType(mfn);
    }

    /** Machine address of the L1 entry for an address the guest may use, or -1. */
    public long leafEntry(Vcpu vcpu, long linear) {
        return GuestWalk.leaf(frames.memory(), vcpu.cpu.root(vcpu.cpu.mode()), linear);
    }

    // --- state ---

    /** Owners, references, types and free frames; m2p and page tables are memory. */
    public void state(StateSections sections) {
        sections.section(
                "frames",
                s -> {
                    allocator.state(s);
                    frames.state(s);
                    types.tables().state(s);
                    reservation.state(s);
                    descriptors.state(s);
                });
    }

    /** The rules of the attached domain; until then, those of a plain one. */
    private static final class Rules implements DomainRules {
        @Nullable Domain domain;

        private boolean assist(int type) {
            return domain != null && (domain.vmAssist >>> type & 1) != 0;
        }

        @Override
        public boolean allowsCacheAttributes() {
            return domain != null && domain.configuration().initialDomain();
        }

        @Override
        public boolean hidesM2pFromUser() {
            return assist(VmAssistType.M2P_STRICT);
        }

        @Override
        public boolean emulatesTableWrites() {
            return assist(VmAssistType.WRITABLE_PAGETABLES);
        }
    }
}
