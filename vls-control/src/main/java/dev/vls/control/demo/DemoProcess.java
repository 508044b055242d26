package dev.vls.control.demo;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code vls} command as a child process, in the JVM of this one. */
final class DemoProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final long LOOK_MILLIS = 10;

    private final String what;
    private final Process process;
    private final Path err;

    private DemoProcess(String what, Process process, Path err) {
        this.what = what;
        this.process = process;
        this.err = err;
    }

    /**
     * Starts a command.
     *
     * @param directory gets what it says, as files NAME.out and NAME.err
     * @param input what it reads from standard input
     */
    static DemoProcess start(Path directory, String name, String input, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.vls.control.Vls");
        command.addAll(arguments);
        Path err = directory.resolve(name + ".err");
        try {
            Path in = Files.writeString(directory.resolve(name + ".in"), input);
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(in.toFile())
                            .redirectOutput(file(directory, name))
                            .redirectError(err.toFile())
                            .start();
            // Whatever ends this process ends its children.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new DemoProcess("vls " + arguments.getFirst(), process, err);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "vls %s cannot be started: %s".formatted(arguments.getFirst(), e.getMessage()),
                    e);
        }
    }

    private static File file(Path directory, String name) {
        return directory.resolve(name + ".out").toFile();
    }

    /**
     * Waits until it says something on standard error.
     *
     * @return the first group of the pattern, or all of it
     */
    String await(String pattern) throws InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            Matcher found = wanted.matcher(said());
            if (found.find()) {
                return found.group(found.groupCount());
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        throw failure("did not say '%s'".formatted(pattern));
    }

    /** What it has said on standard error. */
    String said() {
        try {
            return Files.readString(err, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for its end, which has to be a good one. */
    void finish() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw failure("does not end");
        }
        if (process.exitValue() != ExitCode.DONE) {
            throw failure("ended with " + process.exitValue());
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    private CommandException failure(String problem) {
        String last = said().lines().reduce("", (before, line) -> line);
        return new CommandException(
                ExitCode.FAILED, "%s %s: it said: %s".formatted(what, problem, last));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
