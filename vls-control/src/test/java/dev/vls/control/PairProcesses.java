package dev.vls.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ledgers that are led, followed and received, in processes of their own on loopback. */
final class PairProcesses {
    static final String ANY_PORT = "127.0.0.1:0";

    private PairProcesses() {}

    /** One that leads a ledger with a console socket. */
    static VlsProcess lead(Path directory, String name, String... more) throws IOException {
        return VlsProcess.start(
                directory,
                join(
                        more,
                        "lead",
                        "--kernel",
                        "builtin:ledger",
                        "--memory",
                        "16M",
                        "--listen",
                        ANY_PORT,
                        "--console",
                        "socket",
                        "--name",
                        name));
    }

    /** One that follows, with a console socket once it leads. */
    static VlsProcess follow(Path directory, String name, String address, String... more)
            throws IOException {
        return VlsProcess.start(
                directory, join(more, "follow", address, "--console", "socket", "--name", name));
    }

    /** One that waits for a guest. */
    static VlsProcess receive(Path directory, String name) throws IOException {
        return VlsProcess.start(
                directory, "receive", "--listen", ANY_PORT, "--console", "socket", "--name", name);
    }

    /** A domain's name that no other test and no other run of tests has. */
    static String name(String test, String role) {
        return "%s-%s-%d".formatted(test, role, ProcessHandle.current().pid());
    }

    /** Where followers may come to. */
    static String addressOf(VlsProcess leader) throws IOException, InterruptedException {
        return leader.wordBehind("followers may come to");
    }

    /** Where a guest may be sent to. */
    static String receivesAt(VlsProcess receiver) throws IOException, InterruptedException {
        return receiver.wordBehind("waits for a guest at");
    }

    /** The first arguments, and more. */
    static String[] join(String[] more, String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
