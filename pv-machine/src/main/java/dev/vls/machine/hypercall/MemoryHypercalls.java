package dev.vls.machine.hypercall;

import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.grant.GrantMappings;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.hypervisor.DomainConfiguration;
import java.util.List;

/** The families that need the frame table, for {@link GuestHypercalls#table}. */
public final class MemoryHypercalls {
    private final List<HypercallFamily> families;
    private final GrantMappings grantMappings;

    private MemoryHypercalls(List<HypercallFamily> families, GrantMappings grantMappings) {
        this.families = families;
        this.grantMappings = grantMappings;
    }

    /** All of them, for one domain. */
    public static MemoryHypercalls of(
            MemoryManager memory, GrantTable grants, DomainConfiguration configuration) {
        GrantTableOp grantTableOp =
                new GrantTableOp(memory, grants, configuration.vcpus(), configuration.domid());
        return new MemoryHypercalls(
                List.of(
                        new MmuUpdate(memory),
                        new MmuExtOp(memory),
                        new UpdateVaMapping(memory),
                        new MemoryOp(memory),
                        new DescriptorOps(memory),
                        new VmAssist(),
                        grantTableOp),
                grantTableOp.mappings());
    }

    public List<HypercallFamily> families() {
        return families;
    }

    /** The guest's own mappings of grants. */
    public GrantMappings grantMappings() {
        return grantMappings;
    }
}
