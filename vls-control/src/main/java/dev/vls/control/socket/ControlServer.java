package dev.vls.control.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Listens for clients on a domain's socket, and serves a bounded number of them. */
public final class ControlServer implements AutoCloseable {
    static final int SESSIONS_MAX = 32;
    private static final long PARTING_NANOSECONDS = 2_000_000_000L;

    private final ServerSocketChannel listener;
    private volatile ControlService service;
    private final List<ControlSession> sessions = new ArrayList<>();

    /** Starts to serve; the socket's file is the caller's. */
    public ControlServer(ServerSocketChannel listener, ControlService service) {
        this.listener = listener;
        this.service = service;
        Thread thread = new Thread(this::accept, "vls-control");
        thread.setDaemon(true);
        thread.start();
    }

    /** Connections that are made from now on are served by another one. */
    public void replace(ControlService next) {
        service = next;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                serve(listener.accept());
            } catch (IOException e) {
                // Closed, or out of descriptors: then the clients that there are may leave some.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        ControlSession session = new ControlSession(channel, service, this::settled);
        if (!admit(session)) {
            try (channel;
                    OutputStream output = Channels.newOutputStream(channel)) {
                ControlMessages.write(
                        output,
                        ControlMessages.refusal(
                                1,
                                "%d clients are busy with this guest: end one"
                                        .formatted(SESSIONS_MAX)));
            }
            return;
        }
        Thread.ofVirtual()
                .name("vls-control-session")
                .start(
                        () -> {
                            try {
                                session.run();
                            } finally {
                                leave(session);
                            }
                        });
    }

    private synchronized boolean admit(ControlSession session) {
        if (sessions.size() >= SESSIONS_MAX) {
            ControlSession idle = longestIdle();
            if (idle == null) {
                return false;
            }
            idle.close();
            sessions.remove(idle);
        }
        sessions.add(session);
        return true;
    }

    private @Nullable ControlSession longestIdle() {
        long now = System.nanoTime();
        ControlSession longest = null;
        for (ControlSession session : sessions) {
            if (!session.isBusy()
                    && (longest == null
                            || session.idleNanoseconds(now) > longest.idleNanoseconds(now))) {
                longest = session;
            }
        }
        return longest;
    }

    private synchronized void settled() {
        notifyAll();
    }

    private synchronized void leave(ControlSession session) {
        sessions.remove(session);
        notifyAll();
    }

    private synchronized void awaitBusySessions() {
        long deadline = System.nanoTime() + PARTING_NANOSECONDS;
        long left = PARTING_NANOSECONDS;
        while (left > 0 && sessions.stream().anyMatch(ControlSession::isBusy)) {
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            left = deadline - System.nanoTime();
        }
    }

    /**
     * Takes no more clients. Those that hear of the guest's end, over the console or by {@code
     * wait}, are given a moment for it.
     */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the control socket", e);
        }
        awaitBusySessions();
        synchronized (this) {
            sessions.forEach(ControlSession::close);
        }
    }
}
