package dev.vls.control.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.console.ConsoleBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control protocol over real sockets, with clients that keep to it and clients that do not. */
@Timeout(60)
class ControlServerTest {
    /** Answers {@code echo}, has a fault in {@code break}; its console shows what is typed. */
    private static final class Echo implements ControlService {
        final ConsoleBuffer console = new ConsoleBuffer();

        @Override
        public void execute(String command, ObjectNode request, ObjectNode answer)
                throws ControlRefusal {
            if (command.equals("break")) {
                throw new IllegalStateException("broken");
            }
            if (!command.equals("echo")) {
                throw new ControlRefusal(2, "no such command: " + command);
            }
            answer.set("text", request.path("text"));
        }

        @Override
        public ConsoleBuffer console() {
            return console;
        }

        @Override
        public void type(byte[] bytes) {
            console.write(bytes, 0, bytes.length);
        }
    }

    @TempDir private Path temporary;

    private final Echo service = new Echo();
    private RuntimeDirectory directory;
    private DomainName name;
    private ControlServer server;

    @BeforeEach
    void start() {
        directory = new RuntimeDirectory(temporary.resolve("vls"));
        name = DomainName.take(directory, "test");
        server = new ControlServer(name.listen(), service);
    }

    @AfterEach
    void stop() {
        service.console.close();
        server.close();
        name.close();
    }

    private static ObjectNode echo(ControlClient client, String text) {
        return client.ask(ControlClient.request("echo").put("text", text), 10);
    }

    @Test
    void saysThatItHasAFaultAndServesOn() {
        try (ControlClient client = ControlClient.connect(directory, "test")) {
            CommandException refused =
                    assertThrows(
                            CommandException.class,
                            () -> client.ask(ControlClient.request("break"), 10));
            assertTrue(String.valueOf(refused.getMessage()).contains("broken"));
            assertEquals("here", echo(client, "here").path("text").asText());
        }
    }

    @Test
    void answersRequestsInTheirOrder() {
        try (ControlClient client = ControlClient.connect(directory, "test")) {
            for (String text : List.of("", "one\ntwo", "\0ä€😀", "x".repeat(60_000))) {
                assertEquals(text, echo(client, text).path("text").asText());
            }
            CommandException refused =
                    assertThrows(
                            CommandException.class,
                            () -> client.ask(ControlClient.request("fly"), 10));
            assertEquals(2, refused.exitCode);
            assertEquals("still here", echo(client, "still here").path("text").asText());
        }
    }

    @Test
    void filesAreTheOwnersAlone() throws IOException {
        for (String file : List.of("test.sock", "test.lock")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(temporary.resolve("vls").resolve(file))));
        }
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(temporary.resolve("vls"))));
    }

    @Test
    void severalConsolesSeeTheSameAndAnyMayType() throws IOException {
        service.console.write("before ".getBytes(StandardCharsets.US_ASCII), 0, 7);
        try (ControlClient first = ControlClient.connect(directory, "test");
                ControlClient second = ControlClient.connect(directory, "test");
                ControlClient looking = ControlClient.connect(directory, "test")) {
            first.ask(ControlClient.request("console"), 10);
            second.ask(ControlClient.request("console"), 10);
            looking.ask(ControlClient.request("console").put("input", false), 10);
            assertEquals("before ", read(first, 7));
            first.consoleInput().write("one ".getBytes(StandardCharsets.US_ASCII));
            assertEquals("one ", read(first, 4));
            looking.consoleInput().write("never seen".getBytes(StandardCharsets.US_ASCII));
            second.consoleInput().write("two ".getBytes(StandardCharsets.US_ASCII));
            assertEquals("two ", read(first, 4));
            assertEquals("before one two ", read(second, 15));
            assertEquals("before one two ", read(looking, 15));
            service.console.close();
            assertEquals(-1, first.consoleOutput().read());
        }
    }

    private static String read(ControlClient client, int count) throws IOException {
        return new String(client.consoleOutput().readNBytes(count), StandardCharsets.US_ASCII);
    }

    @Test
    void oneClientTooManyTakesThePlaceOfTheMostIdle() {
        List<ControlClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < ControlServer.SESSIONS_MAX; i++) {
                clients.add(ControlClient.connect(directory, "test"));
                echo(clients.get(i), "here");
            }
            echo(clients.getFirst(), "busier than the second");
            clients.add(ControlClient.connect(directory, "test"));
            assertEquals("in", echo(clients.getLast(), "in").path("text").asText());
            assertEquals("in", echo(clients.getFirst(), "in").path("text").asText());
            assertThrows(CommandException.class, () -> echo(clients.get(1), "in"));
        } finally {
            clients.forEach(ControlClient::close);
        }
    }

    @Test
    void brokenRequestsAreAnsweredAndTheConnectionClosed() throws IOException {
        for (String request :
                List.of(
                        "\n",
                        "x\n",
                        "{\n",
                        "[]\n",
                        "null\n",
                        "{\"version\":2,\"command\":\"echo\"}\n",
                        "{\"version\":\"1\",\"command\":\"echo\"}\n",
                        "{\"version\":1,\"version\":1,\"command\":\"echo\"}\n",
                        "{\"version\":1,\"command\":\"echo\"} {}\n",
                        "{\"version\":1,\"command\":" + "[".repeat(60_000) + "\n",
                        "{\"version\":1,\"command\":" + "9".repeat(60_000) + "}\n",
                        "\377\376\n",
                        " ".repeat(70_000))) {
            String answer = exchange(request.getBytes(StandardCharsets.ISO_8859_1), true);
            assertTrue(answer.contains("\"ok\":false"), answer);
            assertEquals(1, answer.lines().count(), answer);
        }
        assertTrue(exchange(ascii("{\"version\":1}\n"), true).contains("missing"));
        assertTrue(exchange(ascii("{\"version\":1,\"command\":7}\n"), true).contains("missing"));
        assertEquals("", exchange(ascii("{\"version\":1,\"command\":\"echo\"}"), true));
    }

    @Test
    void randomClientsHurtNobody() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] request =
                ascii("{\"version\":1,\"command\":\"echo\",\"text\":[{\"a\":\"b\"},1e5]}\n");
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = request.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte)
                                (random.nextBoolean()
                                        ? random.nextInt()
                                        : request[random.nextInt(request.length)]);
            }
            exchange(bytes, random.nextInt(8) != 0);
        }
        try (ControlClient client = ControlClient.connect(directory, "test")) {
            assertEquals("fine", echo(client, "fine").path("text").asText());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends bytes and the end of the stream, and, if polite, reads all that comes back. */
    private String exchange(byte[] bytes, boolean polite) throws IOException {
        try (SocketChannel channel =
                        SocketChannel.open(
                                UnixDomainSocketAddress.of(directory.socketFile("test")));
                OutputStream output = Channels.newOutputStream(channel);
                InputStream input = Channels.newInputStream(channel)) {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                output.write(bytes);
                if (polite) {
                    channel.shutdownOutput();
                    input.transferTo(answer);
                }
            } catch (IOException closedOnUs) {
                // The server may end what it does not like before it has read all of it.
                return answer.toString(StandardCharsets.UTF_8);
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aNameIsTakenOnce() {
        CommandException refused =
                assertThrows(
                        CommandException.class, () -> DomainName.take(directory, "test").close());
        assertEquals(2, refused.exitCode);
        assertTrue(String.valueOf(refused.getMessage()).contains("--name test"));
        assertFalse(DomainName.sweep(directory, "test"));
        assertEquals(List.of("test"), directory.names());
    }

    @Test
    void whoIsNotThereCannotBeReached() throws IOException {
        assertEquals(5, unreachable("nobody"));
        assertEquals(5, unreachable("../test"));
        // What a process that died leaves behind.
        Files.createFile(temporary.resolve("vls/dead.lock"));
        Files.createFile(temporary.resolve("vls/dead.sock"));
        assertEquals(5, unreachable("dead"));
        assertEquals(List.of("test"), directory.names());
        assertFalse(Files.exists(temporary.resolve("vls/dead.sock")));
        Files.createFile(temporary.resolve("vls/again.sock"));
        try (DomainName again = DomainName.take(directory, "again")) {
            assertNotNull(again.listen());
        }
    }

    private int unreachable(String domain) {
        return assertThrows(CommandException.class, () -> ControlClient.connect(directory, domain))
                .exitCode;
    }

    @Test
    void aDirectoryThatOthersCanUseIsRefused() throws IOException {
        Path open = temporary.resolve("open");
        Files.createDirectory(open);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
        assertThrows(CommandException.class, () -> new RuntimeDirectory(open).create());
        assertThrows(CommandException.class, () -> new RuntimeDirectory(open).names());
        Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary.resolve("vls"));
        assertThrows(CommandException.class, () -> new RuntimeDirectory(link).create());
        Path file = Files.createFile(temporary.resolve("file"));
        assertThrows(CommandException.class, () -> new RuntimeDirectory(file).create());
        assertThrows(
                CommandException.class,
                () -> new RuntimeDirectory(temporary.resolve("no/where")).create());
    }

    @Test
    void noAnswerIsNoAnswer() throws Exception {
        try (DomainName silent = DomainName.take(directory, "silent");
                var listener = silent.listen();
                ControlClient client = ControlClient.connect(directory, "silent")) {
            assertNotNull(listener);
            assertNull(client.tryAsk(ControlClient.request("status"), 1));
        }
    }
}
