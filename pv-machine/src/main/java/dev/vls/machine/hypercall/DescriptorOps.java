package dev.vls.machine.hypercall;

import dev.vls.machine.frames.DescriptorTables;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.ArchLimits;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * The hypercalls {@code set_gdt} and {@code update_descriptor} (arch/x86/pv/descriptor-tables.c).
 */
public final class DescriptorOps implements HypercallFamily {
    private final MemoryManager memory;

    public DescriptorOps(MemoryManager memory) {
        this.memory = memory;
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(HypercallNumber.SET_GDT, 2, this::setGdt);
        table.add(
                HypercallNumber.UPDATE_DESCRIPTOR,
                2,
                (vcpu, call) -> memory.descriptors().update(call.argument[0], call.argument[1]));
    }

    private long setGdt(Vcpu vcpu, HypercallCall call) {
        int entries = call.intArgument(1);
        if (Integer.compareUnsigned(entries, ArchLimits.FIRST_RESERVED_GDT_ENTRY) > 0) {
            return -XenErrno.EINVAL;
        }
        long[] mfns = new long[DescriptorTables.pages(entries)];
        for (int i = 0; i < mfns.length; i++) {
            if (!vcpu.guest.read(call.argument[0] + i * (long) Long.BYTES, Long.BYTES)) {
                return -XenErrno.EFAULT;
            }
            mfns[i] = vcpu.guest.value();
        }
        return memory.setGdt(vcpu, mfns, entries);
    }
}
