package dev.vls.replay;

import dev.vls.machine.DomainLife;
import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.OutputSink;
import dev.vls.machine.StateDigest;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.trace.TraceReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A guest of the project's own that is recorded to a file and replayed from it. */
final class RecordedGuest {
    /** How a run ended. */
    record End(MachineExit exit, long steps, String digest, String console) {}

    private final GuestFiles files;
    private final GuestDescription guest;
    private final Path trace;

    RecordedGuest(String name, int vcpus, Path trace) {
        this(name, vcpus, ShutdownActions.DEFAULT, trace);
    }

    RecordedGuest(String name, int vcpus, ShutdownActions actions, Path trace) {
        this(name, "", vcpus, actions, trace);
    }

    RecordedGuest(String name, String commandLine, int vcpus, ShutdownActions actions, Path trace) {
        this.files = new ResourceGuest(name);
        this.trace = trace;
        this.guest =
                new GuestDescription(
                        "guest",
                        name,
                        "",
                        commandLine,
                        16 << 20,
                        vcpus,
                        CpuidFile.BASELINE.text(),
                        GuestDescription.Clock.host(0),
                        List.of(),
                        List.of(),
                        actions);
    }

    private static final class Console implements OutputSink {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        @Override
        public void console(byte[] bytes, int offset, int length) {
            text.write(bytes, offset, length);
        }

        @Override
        public String toString() {
            return text.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** Records a run of so many steps. */
    End record(InputSource source, Engine engine, Recording.Options options, long stepLimit) {
        return record(source, engine, options, stepLimit, machine -> {});
    }

    /**
     * Records, and has the recording replayed beside it from files that may be others.
     *
     * @return how many digests were compared
     */
    long recordChecked(
            InputSource source,
            Recording.Options options,
            long stepLimit,
            GuestFiles replayed,
            Engine engine,
            Runnable onFailure) {
        try (Recording recording = begin(options)) {
            LiveCheck check =
                    LiveCheck.start(
                            recording,
                            guest,
                            replayed,
                            ReplayDisks.withoutImages(),
                            engine,
                            onFailure);
            Recording.Ports ports = recording.between(new Recording.Ports(source, new Console()));
            try (Machine machine = boot(ports, Engine.INTERPRETER)) {
                recording.attach(machine);
                MachineExit exit = life(machine).run(stepLimit);
                recording.end(machine, exit.toString(), StateDigest.sha256(machine.domain()));
            }
            return check.finish();
        }
    }

    private Recording begin(Recording.Options options) {
        return Recording.begin(
                trace, GuestHeader.of("test", guest, files, List.of(), false), options, line -> {});
    }

    /**
     * Records, with somebody who is shown the machine before it runs. One that is stopped goes on.
     */
    End record(
            InputSource source,
            Engine engine,
            Recording.Options options,
            long stepLimit,
            Consumer<Machine> spectator) {
        Console console = new Console();
        try (Recording recording = begin(options)) {
            Recording.Ports ports = recording.between(new Recording.Ports(source, console));
            try (Machine machine = boot(ports, engine)) {
                recording.attach(machine);
                spectator.accept(machine);
                DomainLife life = life(machine);
                MachineExit exit = life.run(stepLimit);
                while (exit == MachineExit.STOPPED) {
                    exit = life.run(stepLimit);
                }
                byte[] digest = StateDigest.sha256(machine.domain());
                recording.end(machine, exit.toString(), digest);
                return end(machine, exit, console);
            }
        }
    }

    /**
     * Replays and verifies all of it.
     *
     * @param cuts where the replay is stopped in between and goes on
     */
    End replay(Engine engine, Random cuts) {
        Console console = new Console();
        try (TraceReader reader = TraceReader.open(trace)) {
            GuestDescription described = GuestHeader.read(reader.header());
            Replayer replayer =
                    new Replayer(
                            reader.events(),
                            Replayer.Start.BOOT,
                            described.interfaces().size(),
                            ReplayDisks.withoutImages(),
                            true);
            try (Machine machine = boot(replayer.between(console), engine)) {
                replayer.attach(machine, life(machine));
                long limit = cuts.nextInt(100_000);
                Replayer.Outcome outcome = replayer.run(limit);
                while (!outcome.atEnd()) {
                    limit += 1 + cuts.nextInt(100_000);
                    outcome = replayer.run(limit);
                }
                return end(machine, outcome.exit(), console);
            }
        }
    }

    private Machine boot(Recording.Ports ports, Engine engine) {
        return guest.boot(files, ports.inputs(), ports.outputs(), HypervisorLog.SILENT, engine);
    }

    private DomainLife life(Machine machine) {
        return new DomainLife(machine, guest.actions(), ended -> guest.restart(files, ended));
    }

    private static End end(Machine machine, MachineExit exit, Console console) {
        return new End(
                exit,
                machine.totalSteps(),
                HexFormat.of().formatHex(StateDigest.sha256(machine.domain())),
                console.toString());
    }
}
