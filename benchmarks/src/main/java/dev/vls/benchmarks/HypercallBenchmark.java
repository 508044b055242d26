package dev.vls.benchmarks;

import dev.vls.machine.Input;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineListener;
import dev.vls.machine.VirtualClock;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.host.events.EventLog;
import dev.vls.machine.host.events.VerboseEvents;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.Vcpu;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds for a guest's hypercall, {@code xen_version}, and the three instructions around it:
 * what it costs that somebody could listen, and that somebody does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx256m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HypercallBenchmark {
    private static final int CALLS = 100_000;
    private static final int STEPS = 4;
    private static final long PAGES = 16 << 8;

    /** mov $17,%eax; xor %edi,%edi; syscall; jmp to the first. */
    private static final String LOOP = "b811000000" + "31ff" + "0f05" + "ebf5";

    /** Who is told of events. */
    public enum Listener {
        NOBODY,
        DEAF,
        LOG
    }

    @Param public Listener listener = Listener.NOBODY;

    private @Nullable Machine machine;
    private long lines;

    @Setup
    public void boot() throws IOException {
        try (InputStream file = Machine.class.getResourceAsStream("guests/hello.elf")) {
            byte[] kernel = Objects.requireNonNull(file).readAllBytes();
            Machine booted =
                    Machine.boot(
                            DomainImage.read(
                                    new DomainImage.NamedBytes(
                                            "hello", MemorySegment.ofArray(kernel)),
                                    null,
                                    "",
                                    PAGES,
                                    Arena.ofAuto()),
                            PAGES,
                            new DomainConfiguration(1, 1, false, 0, 0, GuestHandle.NULL),
                            DeviceConfiguration.NONE,
                            CpuidFile.BASELINE,
                            new VirtualClock(),
                            (bytes, offset, length) -> {},
                            HypervisorLog.SILENT);
            Vcpu vcpu = booted.domain().vcpu(0);
            byte[] loop = HexFormat.of().parseHex(LOOP);
            if (!vcpu.guest.write(vcpu.cpu.rip(), loop, 0, loop.length)) {
                throw new IllegalStateException("the guest's code is not writable");
            }
            booted.observe(
                    switch (listener) {
                        case NOBODY -> null;
                        case DEAF -> new Deaf();
                        case LOG -> new VerboseEvents(List.of(new EventLog(_ -> lines++)));
                    });
            machine = booted;
        }
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(machine).close();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object hypercall() {
        Machine running = Objects.requireNonNull(machine);
        return running.run(running.totalSteps() + (long) CALLS * STEPS);
    }

    /** Takes events and does nothing with them. */
    private static final class Deaf implements MachineListener {
        @Override
        public void input(Vcpu vcpu, Input input) {}

        @Override
        public void hypercall(
                Vcpu vcpu,
                String name,
                long rip,
                long[] arguments,
                boolean continued,
                long result) {}

        @Override
        public void exception(Vcpu vcpu, int vector, int errorCode) {}

        @Override
        public void upcall(Vcpu vcpu) {}

        @Override
        public void event(Vcpu vcpu, int port) {}

        @Override
        public void timerExpired(Vcpu vcpu, Timer timer) {}
    }
}
