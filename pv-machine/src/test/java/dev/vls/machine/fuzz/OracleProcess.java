package dev.vls.machine.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The native program that runs cases on the processor underneath. */
final class OracleProcess implements AutoCloseable {
    private static final List<String> COMPILER_OPTIONS =
            List.of(
                    "-O2",
                    "-std=gnu11",
                    "-fPIE",
                    "-static",
                    "-no-pie",
                    "-nostdlib",
                    "-ffreestanding",
                    "-fno-stack-protector",
                    "-fcf-protection=none",
                    "-fno-tree-loop-distribute-patterns",
                    "-Wl,-Ttext-segment=0x7e0000000000",
                    "-Wl,-z,noexecstack");

    private final Process process;
    private final OutputStream commands;
    private final InputStream answers;

    private OracleProcess(Process process) {
        this.process = process;
        this.commands = process.getOutputStream();
        this.answers = process.getInputStream();
    }

    /** Whether this host can run the oracle: x86-64 Linux with a C compiler. */
    static boolean supported() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch", "");
        if (!os.equals("linux") || !architecture.equals("amd64")) {
            return false;
        }
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains("fsgsbase")
                    && new ProcessBuilder("gcc", "--version")
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Compiles the oracle into a directory and returns the program. */
    static Path build(Path source, Path directory) throws IOException, InterruptedException {
        Path program = directory.resolve("instruction_oracle");
        List<String> command = new java.util.ArrayList<>();
        command.add("gcc");
        command.addAll(COMPILER_OPTIONS);
        command.addAll(List.of("-o", program.toString(), source.toString()));
        Process gcc = new ProcessBuilder(command).inheritIO().start();
        if (gcc.waitFor() != 0) {
            throw new IOException("gcc could not build " + source);
        }
        return program;
    }

    static OracleProcess start(Path program, CaseFile cases) throws IOException {
        return new OracleProcess(
                new ProcessBuilder(program.toString(), cases.path().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /**
     * Runs the first {@code count} cases of the file.
     *
     * @return false if the process died, which a case that leaves its sandbox may do to it
     */
    boolean run(int count) {
        byte[] message = new byte[4];
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(count);
        try {
            commands.write(message);
            commands.flush();
            return answers.readNBytes(4).length == 4;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
