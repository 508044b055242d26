package dev.vls.machine.host.events;

import dev.vls.machine.hypervisor.Vcpu;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Every event as one of the JVM's flight recorder; nothing happens unless it records them. */
public final class FlightRecorder implements EventSink {
    /** What all have in common. */
    @Category("Guest")
    @StackTrace(false)
    abstract static class Placed extends Event {
        @Label("vCPU")
        int vcpu;

        @Label("Instructions")
        @Description("Steps that the vCPU has taken")
        long instructions;

        @Label("System Time")
        @Description("Nanoseconds of the domain's system time")
        long systemTime;

        @Label("Kernel Mode")
        boolean kernelMode;

        @Label("RIP")
        long rip;

        @Label("Detail")
        String detail = "";
    }

    @Name("dev.vls.Hypercall")
    @Label("Hypercall")
    static final class Hypercall extends Placed {}

    @Name("dev.vls.Fault")
    @Label("Fault")
    static final class Fault extends Placed {}

    @Name("dev.vls.Upcall")
    @Label("Upcall")
    static final class Upcall extends Placed {}

    @Name("dev.vls.EventSent")
    @Label("Event Sent")
    static final class EventSent extends Placed {}

    @Name("dev.vls.Timer")
    @Label("Timer")
    static final class Timer extends Placed {}

    @Name("dev.vls.Input")
    @Label("Input")
    static final class GuestInput extends Placed {}

    @Override
    public void event(EventKind kind, Vcpu vcpu, long rip, String detail) {
        Placed event =
                switch (kind) {
                    case HYPERCALL -> new Hypercall();
                    case FAULT -> new Fault();
                    case UPCALL -> new Upcall();
                    case EVENT -> new EventSent();
                    case TIMER -> new Timer();
                    case INPUT -> new GuestInput();
                };
        if (event.isEnabled()) {
            event.vcpu = vcpu.id;
            event.instructions = vcpu.cpu.instructionCount;
            event.systemTime = vcpu.domain.time().now();
            event.kernelMode = vcpu.kernelMode;
            event.rip = rip;
            event.detail = detail;
            event.commit();
        }
    }
}
