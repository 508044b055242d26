package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.HypercallDispatcher;
import dev.vls.machine.hypervisor.Vcpu;
import org.jspecify.annotations.Nullable;

/** Lets multicall, which is in the table, call the table. */
final class DispatcherLink implements HypercallDispatcher {
    @Nullable HypercallTable table;

    @Override
    public long dispatch(Vcpu vcpu, HypercallCall call) {
        HypercallTable linked = table;
        if (linked == null) {
            throw new IllegalStateException("the table is not complete");
        }
        return linked.dispatch(vcpu, call);
    }
}
