package dev.vls.machine.xenstore;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.io.XenstoreLimits;
import dev.vls.xen.abi.io.XenstoreMessageType;
import dev.vls.xen.abi.io.XsdSockmsg;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The toolstack's access to the store: speaks the wire protocol over a privileged connection, so
 * that it has no semantics of its own. Values are byte strings, one char a byte.
 */
public final class XenstoreClient implements XenstoreView {
    /** Between two attempts nobody else can come in: there is one thread. More would be a bug. */
    private static final int ATTEMPTS_MAX = 3;

    /** Beyond what watches can bring; texts as on the wire, in UTF-8. */
    private static final int EVENTS_MAX = 1 << 20;

    private static final int TEXT_MAX = 2 * XenstoreLimits.PAYLOAD_MAX;

    /** An event: the path that changed, and the token of the watch that saw it. */
    public record Event(String path, String token) {}

    private record Answer(int type, String payload) {
        boolean isError() {
            return type == XenstoreMessageType.ERROR;
        }
    }

    private StoreConnection connection;
    private final Deque<Event> events = new ArrayDeque<>();
    private final byte[] header = new byte[XsdSockmsg.SIZE];

    /**
     * @param connection from {@link XenstoreServer#connectToolstack}, used by nobody else
     */
    public XenstoreClient(StoreConnection connection) {
        this.connection = connection;
    }

    @Override
    public @Nullable String read(String path) {
        return read(0, path);
    }

    @Override
    public void write(String path, String value) {
        write(0, path, value);
    }

    @Override
    public void makeDirectory(String path) {
        ask(XenstoreMessageType.MKDIR, 0, path);
    }

    @Override
    public void remove(String path) {
        ask(XenstoreMessageType.RM, 0, path);
    }

    @Override
    public List<String> list(String path) {
        return list(0, path);
    }

    @Override
    public List<StorePermission> permissions(String path) {
        return permissions(0, path);
    }

    @Override
    public void setPermissions(String path, List<StorePermission> permissions) {
        setPermissions(0, path, permissions);
    }

    /** Sets a watch; it fires once at once. Special paths start with {@code @}. */
    public void watch(String path, String token) {
        ask(XenstoreMessageType.WATCH, 0, path, token);
    }

    public void unwatch(String path, String token) {
        ask(XenstoreMessageType.UNWATCH, 0, path, token);
    }

    /** The next event, null if there is none. */
    public @Nullable Event nextEvent() {
        while (connection.hasOutput()) {
            receive();
        }
        return events.pollFirst();
    }

    /**
     * The store talks to a domain from now on.
     *
     * @param gfn the frame of its ring page
     * @param port its unbound event channel
     */
    public void introduce(int domid, long gfn, int port) {
        ask(
                XenstoreMessageType.INTRODUCE,
                0,
                Integer.toString(domid),
                Long.toString(gfn),
                Integer.toString(port));
    }

    /** The store forgets a domain and all that it owns. */
    public void release(int domid) {
        ask(XenstoreMessageType.RELEASE, 0, Integer.toString(domid));
    }

    /** A domain that had shut down to be suspended runs again. */
    public void resume(int domid) {
        ask(XenstoreMessageType.RESUME, 0, Integer.toString(domid));
    }

    public void setTarget(int domid, int target) {
        ask(XenstoreMessageType.SET_TARGET, 0, Integer.toString(domid), Integer.toString(target));
    }

    public boolean isIntroduced(int domid) {
        String domidText = Integer.toString(domid);
        return ask(XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, domidText).startsWith("T");
    }

    public String domainPath(int domid) {
        return text(ask(XenstoreMessageType.GET_DOMAIN_PATH, 0, Integer.toString(domid)));
    }

    /** What {@code xenstore-control} does: {@code check}, {@code quota} and the like. */
    public String control(String... words) {
        return text(ask(XenstoreMessageType.CONTROL, 0, words));
    }

    /** Does work in one transaction; all of it happens, or, if it throws, nothing. */
    public void transact(Consumer<XenstoreView> work) {
        for (int attempt = 1; ; attempt++) {
            int id =
                    Integer.parseUnsignedInt(
                            text(ask(XenstoreMessageType.TRANSACTION_START, 0, "")));
            boolean done = false;
            try {
                work.accept(new Within(id));
                done = true;
            } finally {
                if (!done) {
                    exchange(XenstoreMessageType.TRANSACTION_END, id, "F\0");
                }
            }
            Answer answer = exchange(XenstoreMessageType.TRANSACTION_END, id, "T\0");
            if (!answer.isError()) {
                return;
            }
            XenstoreException refusal =
                    new XenstoreException("TRANSACTION_END", "", text(answer.payload));
            if (!refusal.is(XenErrno.EAGAIN) || attempt == ATTEMPTS_MAX) {
                throw refusal;
            }
        }
    }

    /** Nodes within a transaction. */
    private final class Within implements XenstoreView {
        private final int id;

        Within(int id) {
            this.id = id;
        }

        @Override
        public @Nullable String read(String path) {
            return XenstoreClient.this.read(id, path);
        }

        @Override
        public void write(String path, String value) {
            XenstoreClient.this.write(id, path, value);
        }

        @Override
        public void makeDirectory(String path) {
            ask(XenstoreMessageType.MKDIR, id, path);
        }

        @Override
        public void remove(String path) {
            ask(XenstoreMessageType.RM, id, path);
        }

        @Override
        public List<String> list(String path) {
            return XenstoreClient.this.list(id, path);
        }

        @Override
        public List<StorePermission> permissions(String path) {
            return XenstoreClient.this.permissions(id, path);
        }

        @Override
        public void setPermissions(String path, List<StorePermission> permissions) {
            XenstoreClient.this.setPermissions(id, path, permissions);
        }
    }

    private @Nullable String read(int transaction, String path) {
        Answer answer = exchange(XenstoreMessageType.READ, transaction, path + '\0');
        if (isMissing(answer)) {
            return null;
        }
        return required(answer, XenstoreMessageType.READ, path);
    }

    private void write(int transaction, String path, String value) {
        Answer answer = exchange(XenstoreMessageType.WRITE, transaction, path + '\0' + value);
        required(answer, XenstoreMessageType.WRITE, path);
    }

    private List<String> list(int transaction, String path) {
        StringBuilder names = new StringBuilder();
        while (true) {
            String payload = path + '\0' + names.length() + '\0';
            Answer answer = exchange(XenstoreMessageType.DIRECTORY_PART, transaction, payload);
            if (isMissing(answer)) {
                return List.of();
            }
            String part = required(answer, XenstoreMessageType.DIRECTORY_PART, path);
            names.append(part, part.indexOf('\0') + 1, part.length());
            // An empty name marks the end; of a long list, behind the last name of its last part.
            int length = names.length();
            if (length == 1 || (length > 1 && names.charAt(length - 2) == '\0')) {
                return CText.strings(names.substring(0, length - 1));
            }
        }
    }

    private List<StorePermission> permissions(int transaction, String path) {
        return CText.strings(ask(XenstoreMessageType.GET_PERMS, transaction, path)).stream()
                .map(StorePermission::parse)
                .toList();
    }

    private void setPermissions(int transaction, String path, List<StorePermission> permissions) {
        List<String> words = new ArrayList<>();
        words.add(path);
        permissions.forEach(permission -> words.add(permission.toString()));
        ask(XenstoreMessageType.SET_PERMS, transaction, words.toArray(String[]::new));
    }

    private String ask(int type, int transaction, String... words) {
        StringBuilder payload = new StringBuilder();
        for (String word : words) {
            payload.append(word).append('\0');
        }
        return required(exchange(type, transaction, payload.toString()), type, words[0]);
    }

    private static boolean isMissing(Answer answer) {
        return answer.isError() && text(answer.payload).equals(StoreRefusal.ENOENT.wireName());
    }

    private static String required(Answer answer, int type, String path) {
        if (answer.isError()) {
            throw new XenstoreException(XenstoreMessageType.name(type), path, text(answer.payload));
        }
        return answer.payload;
    }

    private static String text(String payload) {
        int end = payload.indexOf('\0');
        return end < 0 ? payload : payload.substring(0, end);
    }

    private Answer exchange(int type, int transaction, String payload) {
        byte[] request = StoreMessage.encode(type, 0, transaction, payload);
        if (connection.accept(request, 0, request.length) != request.length) {
            throw new IllegalStateException("the store has closed the toolstack's connection");
        }
        while (connection.hasOutput()) {
            Answer answer = receive();
            if (answer != null) {
                return answer;
            }
        }
        throw new IllegalStateException("the store did not answer");
    }

    /** Takes one message; events are put by, and answered as null. */
    private @Nullable Answer receive() {
        connection.drain(header, 0, header.length);
        byte[] payload = new byte[StoreMessage.field(header, XsdSockmsg.LEN)];
        connection.drain(payload, 0, payload.length);
        int type = StoreMessage.field(header, XsdSockmsg.TYPE);
        String text = CText.of(payload, 0, payload.length);
        if (type == XenstoreMessageType.WATCH_EVENT) {
            List<String> words = CText.strings(text);
            events.addLast(new Event(words.get(0), words.get(1)));
            return null;
        }
        return new Answer(type, text);
    }

    /** Events that nobody has looked at; the connection is the first of the toolstack's. */
    public void state(StateFields s, XenstoreServer server) {
        List<Event> waiting =
                s.list(
                        "events",
                        events,
                        EVENTS_MAX,
                        event ->
                                new Event(
                                        s.text("path", event == null ? "" : event.path, TEXT_MAX),
                                        s.text(
                                                "token",
                                                event == null ? "" : event.token,
                                                TEXT_MAX)));
        events.clear();
        events.addAll(waiting);
        if (s.restores()) {
            List<StoreConnection> connections = server.toolstackConnections();
            if (connections.isEmpty()) {
                throw s.refusal("connections", "none of the toolstack");
            }
            connection = connections.getFirst();
        }
    }
}
