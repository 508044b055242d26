package dev.vls.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.control.socket.ControlServer;
import dev.vls.control.socket.ControlService;
import dev.vls.control.socket.DomainName;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** The name of a guest that is about to run, and its control socket. */
final class ControlSocket implements AutoCloseable {
    private final String name;
    private final @Nullable DomainName taken;
    private final @Nullable ServerSocketChannel listener;
    private @Nullable ControlServer server;

    private volatile @Nullable ControlService served;

    private ControlSocket(
            String name, @Nullable DomainName taken, @Nullable ServerSocketChannel listener) {
        this.name = name;
        this.taken = taken;
        this.listener = listener;
    }

    /**
     * Takes the name and opens the socket; clients wait until they are {@linkplain #serve served}.
     * A guest that nobody named runs without a socket where none can be made.
     *
     * @param wanted null for any
     * @throws CommandException if the name is taken, or no socket can be made and one is needed
     */
    static ControlSocket open(
            @Nullable String wanted, String kernel, ConsoleTarget console, PrintWriter errors) {
        String name = wanted == null ? anyName(kernel) : wanted;
        try {
            return open(name);
        } catch (CommandException e) {
            if (wanted != null || console instanceof ConsoleTarget.Socket) {
                throw e;
            }
            errors.println("vls: no vls ps, console or shutdown for this guest: " + e.getMessage());
            errors.flush();
            return new ControlSocket(name, null, null);
        }
    }

    private static ControlSocket open(String name) {
        DomainName taken = DomainName.take(RuntimeDirectory.ofUser(), name);
        try {
            return new ControlSocket(name, taken, taken.listen());
        } catch (CommandException e) {
            taken.close();
            throw e;
        }
    }

    /** One that no other process has. */
    private static String anyName(String kernel) {
        if (kernel.isEmpty()) {
            return "guest-" + ProcessHandle.current().pid();
        }
        String builtin =
                kernel.startsWith(BuiltinGuests.PREFIX)
                        ? kernel.substring(BuiltinGuests.PREFIX.length())
                        : "";
        String last = builtin.substring(builtin.lastIndexOf('/') + 1);
        String name = last + "-" + ProcessHandle.current().pid();
        return RuntimeDirectory.isName(name) ? name : "guest" + name;
    }

    String name() {
        return name;
    }

    /** What {@code vls status} would be told; empty as long as nobody is served, or in a hurry. */
    ObjectNode status() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ControlService service = served;
        if (service != null) {
            try {
                service.execute("status", JsonNodeFactory.instance.objectNode(), answer);
            } catch (ControlRefusal e) {
                answer.removeAll();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return answer;
    }

    /** Lets clients in, who are served by this from now on. */
    void serve(ControlService service) {
        served = service;
        if (server != null) {
            server.replace(service);
        } else if (listener != null) {
            server = new ControlServer(listener, service);
        }
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                server.close();
            }
            if (listener != null) {
                listener.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the control socket", e);
        } finally {
            if (taken != null) {
                taken.close();
            }
        }
    }
}
