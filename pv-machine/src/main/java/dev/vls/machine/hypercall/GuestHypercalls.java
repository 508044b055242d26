package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.HypervisorLog;
import java.util.ArrayList;
import java.util.List;

/** Puts together the table of a machine: the families of this package, and those of others. */
public final class GuestHypercalls {
    private GuestHypercalls() {}

    /**
     * All hypercalls of one domain. Families keep buffers, so a table serves one machine.
     *
     * @param memoryFamilies those that need the frame table
     */
    public static HypercallTable table(
            HypervisorLog log, List<? extends HypercallFamily> memoryFamilies) {
        DispatcherLink link = new DispatcherLink();
        List<HypercallFamily> families = new ArrayList<>();
        families.add(new TrapOp());
        families.add(new Iret());
        families.add(new CpuStateOp());
        families.add(new EventChannelOps());
        families.add(new SchedOps());
        families.add(new VcpuOps());
        families.add(new XenVersionOps());
        families.add(new ConsoleOp());
        families.add(new PhysdevOps());
        families.add(new PrivilegedOps());
        families.add(new HvmOp());
        families.add(new Multicall(link));
        families.addAll(memoryFamilies);
        HypercallTable table = HypercallTable.of(log, families);
        link.table = table;
        return table;
    }
}
