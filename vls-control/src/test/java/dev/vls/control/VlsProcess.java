package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The command in a process of its own, with its output in files. */
public final class VlsProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private VlsProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts it; standard input is a pipe. */
    public static VlsProcess start(Path directory, String... arguments) throws IOException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process =
                new ProcessBuilder(command(arguments))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        return new VlsProcess(process, out, err);
    }

    /** Starts it with another XDG_RUNTIME_DIR. */
    static VlsProcess startIn(String runtimeDirectory, Path directory, String... arguments)
            throws IOException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command(arguments))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", runtimeDirectory);
        return new VlsProcess(builder.start(), out, err);
    }

    /** Starts it with standard output as a pipe, of which nothing is read but what is asked for. */
    public static VlsProcess startPiped(Path directory, String... arguments) throws IOException {
        Path err = Files.createTempFile(directory, "err", "");
        Process process =
                new ProcessBuilder(command(arguments)).redirectError(err.toFile()).start();
        return new VlsProcess(process, err, err);
    }

    /** Standard output that is a pipe. */
    public InputStream pipe() {
        return process.getInputStream();
    }

    /** Starts it with a terminal as standard input, output and error. */
    public static VlsProcess startOn(Path terminal, String... arguments) throws IOException {
        File device = terminal.toFile();
        Process process =
                new ProcessBuilder(command(arguments))
                        .redirectInput(device)
                        .redirectOutput(device)
                        .redirectError(device)
                        .start();
        return new VlsProcess(process, terminal, terminal);
    }

    /** The command line that starts it. */
    static List<String> command(String... arguments) {
        // Tests that were started in the background would have it ignore what they send it.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,QUIT"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.vls.control.Vls");
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits until a domain answers on its control socket. */
    public static void awaitDomain(String name) throws InterruptedException {
        for (int i = 0; ; i++) {
            try (ControlClient client = ControlClient.connect(RuntimeDirectory.ofUser(), name)) {
                client.ask(ControlClient.request("status"), PATIENCE_SECONDS);
                return;
            } catch (CommandException notYet) {
                if (i == PATIENCE_SECONDS * 20) {
                    throw notYet;
                }
                Thread.sleep(50);
            }
        }
    }

    /** Types at a standard input that is a pipe. */
    public void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    public void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    public long pid() {
        return process.pid();
    }

    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " seconds");
        }
        return process.exitValue();
    }

    /** Waits until standard output has a text. */
    public void awaitOutput(String wanted) throws IOException, InterruptedException {
        for (int i = 0; i < PATIENCE_SECONDS * 20 && !output().contains(wanted); i++) {
            Thread.sleep(50);
        }
        assertTrue(output().contains(wanted), () -> "no " + wanted);
    }

    /** Waits until standard error has a text. */
    public void awaitErrors(String wanted) throws IOException, InterruptedException {
        for (int i = 0; i < PATIENCE_SECONDS * 20 && !errors().contains(wanted); i++) {
            Thread.sleep(50);
        }
        String errors = errors();
        assertTrue(errors.contains(wanted), () -> "no " + wanted + " in " + errors);
    }

    /** The word behind others that standard error has; waits for it. */
    public String wordBehind(String words) throws IOException, InterruptedException {
        awaitErrors(words);
        return errors().replaceAll("(?s).*" + Pattern.quote(words) + " (\\S+).*", "$1");
    }

    public String output() throws IOException {
        return Files.readString(out);
    }

    public String errors() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
