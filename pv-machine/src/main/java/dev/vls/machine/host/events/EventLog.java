package dev.vls.machine.host.events;

import dev.vls.machine.hypervisor.Vcpu;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Every event as one line: the vCPU, its step count, the system time in ns, k for the guest's
 * kernel mode or u for its user mode, RIP, and what happened.
 */
public final class EventLog implements EventSink {
    private final Consumer<String> lines;

    /**
     * @param lines gets each line, without its end
     */
    public EventLog(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void event(EventKind kind, Vcpu vcpu, long rip, String detail) {
        lines.accept(
                String.format(
                        Locale.ROOT,
                        "vcpu%d %d %d %s %016x %s %s",
                        vcpu.id,
                        vcpu.cpu.instructionCount,
                        vcpu.domain.time().now(),
                        vcpu.kernelMode ? "k" : "u",
                        rip,
                        kind.name().toLowerCase(Locale.ROOT),
                        detail));
    }
}
