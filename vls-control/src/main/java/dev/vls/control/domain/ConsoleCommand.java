package dev.vls.control.domain;

import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.console.ConsoleInput;
import dev.vls.control.console.RawTerminal;
import dev.vls.control.socket.ControlClient;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Attaches this terminal to a guest's console. */
@Command(
        name = "console",
        description = "Attach to the console of a running guest.",
        footer = {"", "Ctrl-] detaches; the guest runs on. All other keys go to the guest."})
public final class ConsoleCommand extends DomainCommand {
    private static final int CHUNK_BYTES = 8192;

    @Option(names = "--read-only", description = "Only look: keys but Ctrl-] do nothing.")
    boolean readOnly;

    @Override
    public void run() {
        try (ControlClient client = connect()) {
            client.ask(
                    ControlClient.request("console").put("input", !readOnly),
                    ControlClient.PATIENCE_SECONDS);
            String parting = attach(client);
            spec.commandLine().getErr().println("vls: " + parting);
        }
    }

    /** Until the guest ends or Ctrl-]; answers what to say then. */
    private String attach(ControlClient client) {
        try (RawTerminal terminal = RawTerminal.enter()) {
            Typing typing = new Typing(client);
            new ConsoleInput(new FileInputStream(FileDescriptor.in), terminal != null, typing)
                    .start();
            show(client.consoleOutput(), typing);
            return typing.detached
                    ? "detached from %s, which runs on".formatted(domain)
                    : "the console of %s has ended".formatted(domain);
        }
    }

    private static void show(InputStream source, Typing typing) {
        OutputStream stdout = new FileOutputStream(FileDescriptor.out);
        byte[] chunk = new byte[CHUNK_BYTES];
        while (true) {
            int count;
            try {
                count = source.read(chunk);
            } catch (IOException detached) {
                return;
            }
            if (count < 0 || typing.detached) {
                return;
            }
            try {
                stdout.write(chunk, 0, count);
            } catch (IOException e) {
                throw new CommandException(
                        ExitCode.FAILED,
                        "standard output cannot be written (" + e.getMessage() + "): detached",
                        e);
            }
        }
    }

    /** Sends what is typed, on the thread that reads the terminal. */
    private static final class Typing implements ConsoleInput.Target {
        private final ControlClient client;
        volatile boolean detached;

        Typing(ControlClient client) {
            this.client = client;
        }

        @Override
        public void type(byte[] bytes) {
            try {
                client.consoleInput().write(bytes);
            } catch (IOException ended) {
                // The thread that reads the guest's output hears of it too.
                client.close();
            }
        }

        @Override
        public void end() {
            // The guest's output goes on to be shown.
        }

        @Override
        public void escape() {
            detached = true;
            client.close();
        }
    }
}
