package dev.vls.control.load;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the clients have in common: whom they talk to, how long, and where figures go. */
abstract class LoadClient implements Callable<Integer> {
    /** How long a client waits for an answer before it gives up; longer than any take-over. */
    static final int PATIENCE_MILLIS = 30_000;

    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int PORT_MAX = 65535;

    @Parameters(paramLabel = "HOST:PORT", description = "Where the guest answers.")
    String target = "";

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = "--json",
            paramLabel = "F",
            description = "Write the figures to F, with what arrived in each 10 ms.")
    @Nullable String json;

    @Spec CommandSpec spec = CommandSpec.create();

    final Histogram latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);

    private String failure = "";

    /** Something ended a client early; the first is kept. */
    final synchronized void failed(String why) {
        if (failure.isEmpty()) {
            failure = why;
        }
    }

    final synchronized String failure() {
        return failure;
    }

    /** Talks to the guest until the end of its time. */
    abstract LoadResult load(InetSocketAddress address, Timeline timeline, long endNanos)
            throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds %s: from 0 to 86400".formatted(seconds));
        }
        InetSocketAddress address = address();
        long start = System.nanoTime();
        Timeline timeline = new Timeline(start, PART_NANOS);
        LoadResult result = load(address, timeline, start + (long) (seconds * 1e9));
        result.print(spec.commandLine().getOut());
        if (json != null) {
            result.write(json);
        }
        return result.isGood() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private InetSocketAddress address() {
        int colon = target.lastIndexOf(':');
        if (colon < 1 || !target.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new ParameterException(
                    spec.commandLine(), "'%s' is not HOST:PORT".formatted(target));
        }
        int port = Integer.parseInt(target.substring(colon + 1));
        if (port > PORT_MAX) {
            throw new ParameterException(spec.commandLine(), "port %d: too large".formatted(port));
        }
        InetSocketAddress address = new InetSocketAddress(target.substring(0, colon), port);
        if (address.isUnresolved()) {
            throw unreachable(address, "unknown host");
        }
        return address;
    }

    static CommandException unreachable(InetSocketAddress address, @Nullable String why) {
        return new CommandException(
                ExitCode.UNREACHABLE,
                "%s:%d: nobody answers (%s): start the guest first, and what carries its network"
                        .formatted(address.getHostString(), address.getPort(), why));
    }

    static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
