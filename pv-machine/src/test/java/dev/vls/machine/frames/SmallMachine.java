package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.xen.abi.arch.PageTableFlag.ACCESSED;
import static dev.vls.xen.abi.arch.PageTableFlag.DIRTY;
import static dev.vls.xen.abi.arch.PageTableFlag.PRESENT;
import static dev.vls.xen.abi.arch.PageTableFlag.RW;
import static dev.vls.xen.abi.arch.PageTableFlag.USER;

import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypercall.GuestHypercalls;
import dev.vls.machine.hypercall.HypercallTable;
import dev.vls.machine.hypercall.MemoryHypercalls;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Hypervisor;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A domain of a few pages with page tables, as a domain builder leaves it: pfn n is mapped at
 * linear address n pages from {@link #BASE}, tables read-only. The last pfns are the tables: L4,
 * L3, L2 and one L1.
 */
public final class SmallMachine implements AutoCloseable {
    /** Linear address of pfn 0. */
    public static final long BASE = 0xffff_8880_4020_0000L;

    private static final int CONTINUATIONS_MAX = 1 << 20;
    private static final int GRANT_FRAMES = 4;
    private static final long TABLE = PRESENT | RW | USER | ACCESSED;
    private static final long DATA = PRESENT | RW | ACCESSED | DIRTY;

    public final MachineMemory memory;
    public final MemoryManager manager;
    public final GrantTable grants;
    public final MemoryHypercalls memoryHypercalls;
    public final HypercallTable hypercalls;
    public final Domain domain;
    public final Vcpu vcpu;
    public final long[] mfns;
    public final long l4Mfn;
    public final long l3Mfn;
    public final long l2Mfn;
    public final long l1Mfn;

    /**
     * Builds the domain.
     *
     * @param pages 8 to 512
     */
    public SmallMachine(int pages, int vcpus) {
        memory = MachineMemory.allocate(MemoryManager.machineBytes(pages));
        manager = new MemoryManager(memory, pages, vcpus);
        grants = new GrantTable(manager, GRANT_FRAMES);
        DomainConfiguration configuration = DomainConfiguration.unprivileged(vcpus);
        memoryHypercalls = MemoryHypercalls.of(manager, grants, configuration);
        hypercalls = GuestHypercalls.table(HypervisorLog.SILENT, memoryHypercalls.families());
        domain =
                Hypervisor.create(
                                configuration,
                                memory,
                                manager,
                                hypercalls,
                                (leaf, subleaf, registers) -> {},
                                HypervisorLog.SILENT)
                        .domain();
        manager.attach(domain);
        vcpu = domain.vcpu(0);
        mfns = new long[pages];
        for (int pfn = 0; pfn < pages; pfn++) {
            mfns[pfn] = manager.allocatePage(pfn);
        }
        l4Mfn = mfns[pages - 4];
        l3Mfn = mfns[pages - 3];
        l2Mfn = mfns[pages - 2];
        l1Mfn = mfns[pages - 1];
        set(l4Mfn, (int) (BASE >>> 39 & 511), l3Mfn << PAGE_SHIFT | TABLE);
        set(l3Mfn, (int) (BASE >>> 30 & 511), l2Mfn << PAGE_SHIFT | TABLE);
        set(l2Mfn, (int) (BASE >>> 21 & 511), l1Mfn << PAGE_SHIFT | TABLE);
        Set<Long> tables = new HashSet<>(Set.of(l4Mfn, l3Mfn, l2Mfn, l1Mfn));
        for (int pfn = 0; pfn < pages; pfn++) {
            long flags = tables.contains(mfns[pfn]) ? DATA & ~RW : DATA;
            set(l1Mfn, pfn, mfns[pfn] << PAGE_SHIFT | flags);
        }
        int result = manager.pinInitialTables(vcpu, l4Mfn);
        if (result != 0) {
            throw new IllegalStateException("the tables were refused: " + result);
        }
    }

    /** Linear address of a pfn. */
    public static long linear(int pfn) {
        return BASE + ((long) pfn << PAGE_SHIFT);
    }

    /** Writes an entry behind everybody's back. */
    public void set(long table, int slot, long entry) {
        memory.setLong((table << PAGE_SHIFT) + slot * 8L, entry);
    }

    public long get(long table, int slot) {
        return memory.getLong((table << PAGE_SHIFT) + slot * 8L);
    }

    /**
     * Calls the hypervisor with up to five arguments, and again as long as the call is to be
     * continued.
     */
    public long call(Vcpu caller, int number, long... arguments) {
        HypercallCall call = caller.call;
        long[] given = Arrays.copyOf(arguments, call.argument.length);
        System.arraycopy(given, 0, call.argument, 0, given.length);
        for (int round = 0; round < CONTINUATIONS_MAX; round++) {
            call.begin(number);
            long result = hypercalls.dispatch(caller, call);
            if (!call.isContinued()) {
                return result;
            }
        }
        throw new IllegalStateException("hypercall " + number + " goes on for ever");
    }

    @Override
    public void close() {
        memory.close();
    }
}
