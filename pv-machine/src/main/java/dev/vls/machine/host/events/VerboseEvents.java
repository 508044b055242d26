package dev.vls.machine.host.events;

import dev.vls.machine.Input;
import dev.vls.machine.MachineListener;
import dev.vls.machine.hypervisor.Vcpu;
import java.util.List;
import java.util.Locale;

/**
 * Says in words what happens at the machine's boundaries. A function of the machine's state, so
 * that a replay says what the run said. Called on the machine's thread.
 */
public final class VerboseEvents implements MachineListener {
    private final List<EventSink> sinks;
    private final EventText text = new EventText();

    public VerboseEvents(List<EventSink> sinks) {
        this.sinks = List.copyOf(sinks);
    }

    @Override
    public void hypercall(
            Vcpu vcpu, String name, long rip, long[] arguments, boolean continued, long result) {
        String answer = EventText.result(continued, result);
        tell(
                EventKind.HYPERCALL,
                vcpu,
                rip,
                name + EventText.arguments(arguments) + " = " + answer);
    }

    @Override
    public void exception(Vcpu vcpu, int vector, int errorCode) {
        tell(
                EventKind.FAULT,
                vcpu,
                EventText.exception(vcpu, vector, errorCode) + ": " + text.instruction(vcpu));
    }

    @Override
    public void upcall(Vcpu vcpu) {
        StringBuilder ports = new StringBuilder("pending");
        for (int port : vcpu.domain.events().pendingPorts(vcpu)) {
            ports.append(' ').append(port);
        }
        tell(EventKind.UPCALL, vcpu, ports + ": " + text.instruction(vcpu));
    }

    @Override
    public void event(Vcpu vcpu, int port) {
        String peer = vcpu.domain.events().describe(port);
        tell(EventKind.EVENT, vcpu, "port " + port + " (" + peer + ")");
    }

    @Override
    public void timerExpired(Vcpu vcpu, Timer timer) {
        tell(EventKind.TIMER, vcpu, timer.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void input(Vcpu vcpu, Input input) {
        tell(EventKind.INPUT, vcpu, EventText.input(input));
    }

    private void tell(EventKind kind, Vcpu vcpu, String detail) {
        tell(kind, vcpu, vcpu.cpu.rip(), detail);
    }

    private void tell(EventKind kind, Vcpu vcpu, long rip, String detail) {
        for (EventSink sink : sinks) {
            sink.event(kind, vcpu, rip, detail);
        }
    }
}
