package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.MmuExtCommand;
import dev.vls.xen.abi.xen.MmuextOp;

/**
 * The {@code mmuext_op} hypercall (do_mmuext_op of arch/x86/mm.c): pins, page-table roots, TLB and
 * cache flushes, the LDT, clearing and copying of frames. Flushes of TLBs check their arguments and
 * do nothing more, for the machine keeps its TLBs coherent.
 */
public final class MmuExtOp implements HypercallFamily {
    private final MemoryManager memory;
    private final GuestBuffer request = new GuestBuffer(MmuextOp.SIZE);

    public MmuExtOp(MemoryManager memory) {
        this.memory = memory;
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.MMUEXT_OP, 4, this::mmuExtOp);
    }

    private long mmuExtOp(Vcpu vcpu, HypercallCall call) {
        long requests = call.argument[0];
        int count = call.intArgument(1);
        int foreign = call.intArgument(3);
        if (count == MmuUpdate.PREEMPTED && requests == 0) {
            return foreign;
        }
        boolean continued = (count & MmuUpdate.PREEMPTED) != 0;
        DoneCount done = DoneCount.begin(vcpu, call.argument[2], continued);
        count &= ~MmuUpdate.PREEMPTED;
        if (!GuestArrays.isOkay(requests, count, request.length())) {
            return -XenErrno.EFAULT;
        }
        int pageOwner = DomainLookup.pageOwner(vcpu.domain, foreign);
        if (pageOwner != DomainLookup.SELF) {
            return pageOwner == DomainLookup.NONE ? -XenErrno.ESRCH : -XenErrno.EPERM;
        }
        int result = 0;
        boolean preempted = false;
        int i = 0;
        long workLimit = memory.tableWork() + MmuUpdate.TABLE_WORK_MAX;
        memory.tlbs().begin();
        try {
            while (i < count && result == 0) {
                if (i > 0 && (call.preempt() || memory.tableWork() > workLimit)) {
                    preempted = true;
                    break;
                }
                result = executeOne(vcpu, requests + (long) i * request.length());
                i += result == 0 ? 1 : 0;
            }
        } finally {
            memory.tlbs().end();
        }
        done.finish(i);
        if (preempted) {
            call.argument[0] = requests + (long) i * request.length();
            call.argument[1] = (count - i | MmuUpdate.PREEMPTED) & 0xFFFF_FFFFL;
            return call.continueWith();
        }
        return result;
    }

    private int executeOne(Vcpu vcpu, long linear) {
        if (!vcpu.guest.read(linear, request)) {
            return -XenErrno.EFAULT;
        }
        int command = request.getInt(MmuextOp.CMD);
        long first = request.getLong(MmuextOp.ARG1_MFN);
        long second = request.getLong(MmuextOp.ARG2_SRC_MFN);
        return switch (command) {
            case MmuExtCommand.PIN_L1_TABLE,
                    MmuExtCommand.PIN_L2_TABLE,
                    MmuExtCommand.PIN_L3_TABLE,
                    MmuExtCommand.PIN_L4_TABLE ->
                    memory.pin(first, PageType.L1_TABLE + command - MmuExtCommand.PIN_L1_TABLE);
            case MmuExtCommand.UNPIN_TABLE -> memory.unpin(first);
            case MmuExtCommand.NEW_BASEPTR -> memory.newBasePointer(vcpu, first);
            case MmuExtCommand.NEW_USER_BASEPTR -> memory.newUserBasePointer(vcpu, first);
            case MmuExtCommand.TLB_FLUSH_LOCAL,
                    MmuExtCommand.INVLPG_LOCAL,
                    MmuExtCommand.TLB_FLUSH_ALL,
                    MmuExtCommand.INVLPG_ALL ->
                    0;
            case MmuExtCommand.TLB_FLUSH_MULTI, MmuExtCommand.INVLPG_MULTI ->
                    GuestArrays.isVcpuMapReadable(vcpu, second) ? 0 : -XenErrno.EINVAL;
            case MmuExtCommand.FLUSH_CACHE -> mayFlushCaches(vcpu) ? 0 : -XenErrno.EACCES;
            case MmuExtCommand.FLUSH_CACHE_GLOBAL -> mayFlushCaches(vcpu) ? 0 : -XenErrno.EINVAL;
            case MmuExtCommand.SET_LDT ->
                    memory.setLdt(vcpu, first, request.getInt(MmuextOp.ARG2_NR_ENTS));
            case MmuExtCommand.CLEAR_PAGE -> clearPage(first);
            case MmuExtCommand.COPY_PAGE -> copyPage(first, second);
            case MmuExtCommand.MARK_SUPER, MmuExtCommand.UNMARK_SUPER -> -XenErrno.EOPNOTSUPP;
            default -> -XenErrno.ENOSYS;
        };
    }

    private static boolean mayFlushCaches(Vcpu vcpu) {
        return vcpu.domain.configuration().initialDomain();
    }

    private int clearPage(long mfn) {
        if (memory.types().getPageAndType(mfn, PageType.WRITABLE) != 0) {
            return -XenErrno.EINVAL;
        }
        memory.machineMemory().fill(mfn << PAGE_SHIFT, PAGE_SIZE, 0);
        memory.types().putPageAndType(mfn);
        return 0;
    }

    private int copyPage(long toMfn, long fromMfn) {
        if (!memory.frames().getPage(fromMfn, FrameOwner.GUEST)) {
            return -XenErrno.EINVAL;
        }
        int result = -XenErrno.EINVAL;
        if (memory.types().getPageAndType(toMfn, PageType.WRITABLE) == 0) {
            result = 0;
            if (toMfn != fromMfn) {
                memory.machineMemory().copy(fromMfn << PAGE_SHIFT, toMfn << PAGE_SHIFT, PAGE_SIZE);
            }
            memory.types().putPageAndType(toMfn);
        }
        memory.frames().putPage(fromMfn);
        return result;
    }
}
