package dev.vls.machine.cpu.fp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor underneath as an oracle: runs {@code float-oracle.c}, which executes one
 * instruction over many register states.
 */
public final class HostOracle implements AutoCloseable {
    /** Bytes of a record before its memory. */
    public static final int STATE_BYTES = 576;

    /** Offset of RAX, RCX, RDX, RSI, RFLAGS, signal, code address and memory address. */
    public static final int REGISTERS_OFFSET = 512;

    private static final int BATCH_HEADER_BYTES = 32;

    private final Process process;

    private HostOracle(Process process) {
        this.process = process;
    }

    /** Compiles and starts the oracle, or skips the test where that is impossible. */
    public static HostOracle startOrSkip() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "no x86-64 here");
        Path binary = Files.createTempDirectory("float-oracle").resolve("float-oracle");
        assumeTrue(compiles(binary), "no C compiler here");
        Process process =
                new ProcessBuilder(binary.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new HostOracle(process);
    }

    private static boolean compiles(Path binary) throws InterruptedException {
        ProcessBuilder compiler =
                new ProcessBuilder(
                        "gcc", "-O2", "-o", binary.toString(), "src/test/c/float-oracle.c");
        try {
            return compiler.inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Allocates a zeroed batch with room for {@code count} records. */
    public static ByteBuffer batch(int memoryBytes, int count) {
        return ByteBuffer.allocate(BATCH_HEADER_BYTES + count * (STATE_BYTES + memoryBytes))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Offset of a record in a batch. */
    public static int recordOffset(int memoryBytes, int index) {
        return BATCH_HEADER_BYTES + index * (STATE_BYTES + memoryBytes);
    }

    /** Executes {@code code} on every record and returns the batch as it is afterwards. */
    public ByteBuffer run(byte[] code, int memoryBytes, int count, ByteBuffer batch)
            throws InterruptedException {
        batch.putInt(0, code.length).putInt(4, memoryBytes).putInt(8, count).putInt(12, 0);
        batch.put(16, code);
        byte[] request = new byte[batch.capacity()];
        batch.get(0, request);
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                OutputStream out = process.getOutputStream();
                                out.write(request);
                                out.flush();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        writer.start();
        byte[] answer = new byte[batch.capacity()];
        try {
            new DataInputStream(process.getInputStream())
                    .readFully(answer, BATCH_HEADER_BYTES, answer.length - BATCH_HEADER_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("the oracle died", e);
        }
        writer.join();
        return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        // end of input ends the oracle
        process.getOutputStream().close();
        process.getInputStream().close();
    }
}
