package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.MmuUpdateCommand;

/**
 * The {@code mmu_update} hypercall (do_mmu_update of arch/x86/mm.c): a batch of writes to page
 * tables, checked, and to the m2p.
 */
public final class MmuUpdate implements HypercallFamily {
    /** In a count: the call continues an earlier one. */
    static final int PREEMPTED = 0x8000_0000;

    /** Entries of page tables after which a batch is interrupted. */
    static final long TABLE_WORK_MAX = 1 << 20;

    private static final int COMMAND_MASK = 7;

    private final MemoryManager memory;
    private final GuestBuffer request = new GuestBuffer(dev.vls.xen.abi.xen.MmuUpdate.SIZE);

    /** Of the running call, see {@link DomainLookup}. */
    private int tableOwner;

    private int pageOwner;

    public MmuUpdate(MemoryManager memory) {
        this.memory = memory;
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.MMU_UPDATE, 4, this::mmuUpdate);
    }

    private long mmuUpdate(Vcpu vcpu, HypercallCall call) {
        long requests = call.argument[0];
        int count = call.intArgument(1);
        int foreign = call.intArgument(3);
        if (count == PREEMPTED && requests == 0) {
            return foreign;
        }
        DoneCount done = DoneCount.begin(vcpu, call.argument[2], (count & PREEMPTED) != 0);
        count &= ~PREEMPTED;
        if (!GuestArrays.isOkay(requests, count, request.length())) {
            return -XenErrno.EFAULT;
        }
        tableOwner = DomainLookup.SELF;
        if (foreign >>> 16 != 0) {
            tableOwner = DomainLookup.byId(vcpu.domain, (foreign >>> 16) - 1);
            if (tableOwner == DomainLookup.NONE) {
                return -XenErrno.ESRCH;
            }
        }
        pageOwner = DomainLookup.pageOwner(vcpu.domain, foreign);
        int result = pageOwner == DomainLookup.NONE ? -XenErrno.ESRCH : 0;
        boolean preempted = false;
        int i = 0;
        long workLimit = memory.tableWork() + TABLE_WORK_MAX;
        memory.tlbs().begin();
        try {
            while (i < count && result == 0) {
                if (i > 0 && (call.preempt() || memory.tableWork() > workLimit)) {
                    preempted = true;
                    break;
                }
                result = updateOne(vcpu, requests + (long) i * request.length());
                i += result == 0 ? 1 : 0;
            }
        } finally {
            memory.tlbs().end();
        }
        done.finish(i);
        if (preempted) {
            call.argument[0] = requests + (long) i * request.length();
            call.argument[1] = (count - i | PREEMPTED) & 0xFFFF_FFFFL;
            return call.continueWith();
        }
        return result;
    }

    private int updateOne(Vcpu vcpu, long linear) {
        if (!vcpu.guest.read(linear, request)) {
            return -XenErrno.EFAULT;
        }
        long pointer = request.getLong(dev.vls.xen.abi.xen.MmuUpdate.PTR);
        long value = request.getLong(dev.vls.xen.abi.xen.MmuUpdate.VAL);
        int command = (int) pointer & COMMAND_MASK;
        return switch (command) {
            case MmuUpdateCommand.NORMAL_PT_UPDATE,
                    MmuUpdateCommand.PT_UPDATE_PRESERVE_AD,
                    MmuUpdateCommand.PT_UPDATE_NO_TRANSLATE ->
                    updateEntry(
                            pointer & ~COMMAND_MASK,
                            value,
                            command == MmuUpdateCommand.PT_UPDATE_PRESERVE_AD);
            case MmuUpdateCommand.MACHPHYS_UPDATE -> updateM2p(pointer >>> PAGE_SHIFT, value);
            default -> -XenErrno.ENOSYS;
        };
    }

    private int updateEntry(long maddr, long value, boolean keepAccessedDirty) {
        if (pageOwner == DomainLookup.OTHER || tableOwner != DomainLookup.SELF) {
            return -XenErrno.EPERM;
        }
        long mfn = maddr >>> PAGE_SHIFT;
        if (!memory.frames().getPage(mfn, FrameOwner.GUEST)) {
            return -XenErrno.EINVAL;
        }
        int result = updateInPage(maddr, mfn, value, keepAccessedDirty);
        memory.frames().putPage(mfn);
        return result;
    }

    private int updateInPage(long maddr, long mfn, long value, boolean keepAccessedDirty) {
        if (!memory.types().isInUse(mfn)) {
            int result = memory.types().getType(mfn, PageType.WRITABLE);
            if (result != 0) {
                return -XenErrno.EINVAL;
            }
            memory.machineMemory().setLong(maddr, value);
            memory.types().putType(mfn);
            return 0;
        }
        int type = memory.types().type(mfn);
        return switch (type) {
            case PageType.L1_TABLE ->
                    memory.updates().updateLeaf(maddr, value, expectedOwner(), keepAccessedDirty);
            case PageType.L2_TABLE, PageType.L3_TABLE, PageType.L4_TABLE ->
                    pageOwner == DomainLookup.SELF
                            ? memory.updates().updateTable(maddr, type, value, keepAccessedDirty)
                            : -XenErrno.EINVAL;
            case PageType.WRITABLE -> {
                memory.machineMemory().setLong(maddr, value);
                yield 0;
            }
            default -> -XenErrno.EINVAL;
        };
    }

    private int expectedOwner() {
        return pageOwner == DomainLookup.IO ? FrameOwner.IO : FrameOwner.GUEST;
    }

    private int updateM2p(long mfn, long pfn) {
        if (tableOwner != DomainLookup.SELF || pageOwner == DomainLookup.OTHER) {
            return -XenErrno.EPERM;
        }
        if (!memory.frames().getPage(mfn, expectedOwner())) {
            return -XenErrno.EINVAL;
        }
        memory.machineToPhys().set(mfn, pfn);
        memory.frames().putPage(mfn);
        return 0;
    }
}
