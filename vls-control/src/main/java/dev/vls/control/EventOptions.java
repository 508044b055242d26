package dev.vls.control;

import dev.vls.machine.MachineListener;
import dev.vls.machine.host.events.EventLog;
import dev.vls.machine.host.events.EventSink;
import dev.vls.machine.host.events.FlightRecorder;
import dev.vls.machine.host.events.VerboseEvents;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Whether, and where, it is told what happens between guest and hypervisor. */
final class EventOptions {
    private static final String STDERR = "-";

    @Option(
            names = "--verbose-events",
            arity = "0..1",
            paramLabel = "FILE",
            preprocessor = AttachedValue.class,
            description = {
                "Log hypercalls, faults, upcalls, events, timers and inputs to FILE, or",
                "to standard error, and as events of the JVM's flight recorder."
            })
    @Nullable String file;

    /** A value counts only behind an equals sign: what follows a blank is the next argument. */
    static final class AttachedValue implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // Picocli's signature.
        public boolean preprocess(
                Stack<String> args,
                CommandSpec commandSpec,
                ArgSpec argSpec,
                Map<String, Object> info) {
            if ("=".equals(info.get("separator"))) {
                return false;
            }
            argSpec.setValue(STDERR);
            return true;
        }
    }

    /** Where a machine's events go, while it is open. */
    static final class Events implements AutoCloseable {
        private final @Nullable MachineListener listener;
        private final @Nullable PrintWriter writer;
        private final @Nullable String file;
        private final PrintWriter errors;

        private Events(
                @Nullable MachineListener listener,
                @Nullable PrintWriter writer,
                @Nullable String file,
                PrintWriter errors) {
            this.listener = listener;
            this.writer = writer;
            this.file = file;
            this.errors = errors;
        }

        /** Who is to observe the machine; null for nobody. */
        @Nullable MachineListener listener() {
            return listener;
        }

        @Override
        public void close() {
            if (writer != null && writer.checkError()) {
                errors.println(
                        "vls: event log %s: not all of it could be written: make room"
                                .formatted(file));
                errors.flush();
            }
            if (writer != null) {
                writer.close();
            }
        }
    }

    /**
     * Opens the log, if the user wants one.
     *
     * @param errorLog takes lines for standard error
     * @throws CommandException if the file cannot be written
     */
    Events open(Consumer<String> errorLog, PrintWriter errors) {
        String name = file;
        if (name == null) {
            return new Events(null, null, null, errors);
        }
        List<EventSink> sinks = new ArrayList<>();
        sinks.add(new FlightRecorder());
        if (name.equals(STDERR)) {
            sinks.add(new EventLog(errorLog));
            return new Events(new VerboseEvents(sinks), null, null, errors);
        }
        PrintWriter writer = create(name);
        sinks.add(new EventLog(writer::println));
        return new Events(new VerboseEvents(sinks), writer, name, errors);
    }

    private static PrintWriter create(String name) {
        try {
            return new PrintWriter(
                    Files.newBufferedWriter(Path.of(name), StandardCharsets.UTF_8), false);
        } catch (IOException | InvalidPathException e) {
            throw new CommandException(
                    ExitCode.UNUSABLE_INPUT,
                    "event log %s: cannot be written (%s): choose another file"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }
}
