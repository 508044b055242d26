package dev.vls.machine;

import dev.vls.machine.hypervisor.GuestEvents;
import dev.vls.machine.hypervisor.Vcpu;

/** Is told all that happens at the machine's boundaries, for those who look. */
public interface MachineListener extends GuestEvents {
    /**
     * An input is about to be applied.
     *
     * @param vcpu whose place it carries
     */
    void input(Vcpu vcpu, Input input);
}
