package dev.vls.machine.xenstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.xen.abi.io.XenstoreMessageType;
import dev.vls.xen.abi.io.XsdSockmsg;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What a real xenstored answered, this store answers, byte for byte. */
class OracleReplayTest {
    private static final HexFormat HEX = HexFormat.of();

    /**
     * xenstored refuses this with EACCES in its source, but then sends an errno that some earlier
     * system call has left behind.
     */
    private static final String LEFT_OVER_ERRNO = "> d1 SET_PERMS tx 0: @releaseDomain|n0|r1|";

    private final XenstoreServer server = new XenstoreServer(DomainLinks.NONE);
    private final Map<String, StoreConnection> connections = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();
    private final byte[] output = new byte[1 << 20];
    private int steps;

    @Test
    void answersEveryRequestAsXenstoredDoes() throws IOException {
        List<String> transcript = transcript();
        establish(transcript);
        List<String> expected = new ArrayList<>();
        String step = "";
        for (String line : transcript) {
            if (line.startsWith("< ") || line.startsWith("error ") || line.startsWith("closed ")) {
                expected.add(line);
            } else if (!line.startsWith("node ") && !line.startsWith("#")) {
                compare(step, expected);
                expected.clear();
                step = line;
                perform(line);
            }
        }
        compare(step, expected);
        assertTrue(steps > 3000, "steps: " + steps);
        assertEquals("", String.join("\n", differences));
    }

    private static List<String> transcript() throws IOException {
        InputStream golden =
                Objects.requireNonNull(
                        OracleReplayTest.class.getResourceAsStream(
                                "/xenstore/xenstored-4.17.transcript.gz"));
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(golden), StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        }
    }

    /** The nodes that were there before, and the generation at which it began. */
    private void establish(List<String> transcript) {
        server.domainCreated(1);
        server.domainCreated(2);
        StoreConnection connection = server.connectToolstack();
        XenstoreClient client = new XenstoreClient(connection);
        client.introduce(1, 1, 1);
        client.introduce(2, 1, 1);
        for (String line : transcript) {
            if (line.startsWith("node ")) {
                String[] words = line.split(" ", -1);
                String path = text(words[1]);
                client.write(path, text(words[3]));
                client.setPermissions(
                        path,
                        CText.strings(text(words[2])).stream()
                                .map(StorePermission::parse)
                                .toList());
            }
        }
        server.disconnect(connection);
        for (String line : transcript) {
            if (line.startsWith("< ")) {
                byte[] bytes = HEX.parseHex(line.split(" ", -1)[2]);
                if (StoreMessage.field(bytes, XsdSockmsg.TYPE)
                        == XenstoreMessageType.DIRECTORY_PART) {
                    // The answer to the second request; the first wrote that node, before its
                    // parent.
                    String payload =
                            CText.of(bytes, XsdSockmsg.SIZE, bytes.length - XsdSockmsg.SIZE);
                    String generation = CText.strings(payload).getFirst();
                    server.table().generation = Long.parseUnsignedLong(generation) - 1;
                    return;
                }
            }
        }
    }

    private void perform(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "open" -> connections.put(words[1], server.connectToolstack());
            case "ring" -> connections.put(words[1], ofDomain(Integer.parseInt(words[2])));
            case "close" -> server.disconnect(Objects.requireNonNull(connections.remove(words[1])));
            case ">", "+" -> {
                steps++;
                byte[] bytes = HEX.parseHex(words[2]);
                connection(words[1]).accept(bytes, 0, bytes.length);
            }
            default -> {}
        }
    }

    /** Released and introduced again, a domain has another connection and the same ring. */
    private StoreConnection connection(String name) {
        StoreConnection known = Objects.requireNonNull(connections.get(name), name);
        if (known.ofDomain) {
            known = ofDomain(known.domid);
            connections.put(name, known);
        }
        return known;
    }

    private StoreConnection ofDomain(int domid) {
        return Objects.requireNonNull(server.connectionOf(domid));
    }

    private void compare(String step, List<String> expected) {
        List<String> actual = new ArrayList<>();
        connections.forEach(
                (name, connection) -> {
                    int length = connection.drain(output, 0, output.length);
                    for (int at = 0; at < length; ) {
                        byte[] rest = Arrays.copyOfRange(output, at, length);
                        int size = XsdSockmsg.SIZE + StoreMessage.field(rest, XsdSockmsg.LEN);
                        actual.add("< " + name + " " + HEX.formatHex(output, at, at + size));
                        at += size;
                    }
                    boolean mentioned =
                            expected.contains("error " + name + " " + connection.error())
                                    || expected.contains("closed " + name);
                    if (connection.error() != 0 && mentioned) {
                        actual.add(
                                connection.ofDomain
                                        ? "error " + name + " " + connection.error()
                                        : "closed " + name);
                    }
                });
        List<String> sortedExpected = expected.stream().sorted(this::byConnection).toList();
        List<String> sortedActual = actual.stream().sorted(this::byConnection).toList();
        if (!sortedExpected.equals(sortedActual)
                && !readable(step).equals(LEFT_OVER_ERRNO)
                && differences.size() < 30) {
            differences.add(
                    "%d %s\n  xenstored: %s\n  here:      %s"
                            .formatted(
                                    steps,
                                    readable(step),
                                    sortedExpected.stream()
                                            .map(OracleReplayTest::readable)
                                            .toList(),
                                    sortedActual.stream()
                                            .map(OracleReplayTest::readable)
                                            .toList()));
        }
    }

    private int byConnection(String left, String right) {
        return left.split(" ", -1)[1].compareTo(right.split(" ", -1)[1]);
    }

    private static String readable(String line) {
        String[] words = line.split(" ", -1);
        if (words.length < 3 || words[2].length() < 2 * XsdSockmsg.SIZE) {
            return line;
        }
        byte[] bytes = HEX.parseHex(words[2]);
        String payload = CText.of(bytes, XsdSockmsg.SIZE, bytes.length - XsdSockmsg.SIZE);
        String shown = payload.length() > 200 ? payload.substring(0, 200) + "..." : payload;
        return "%s %s %s tx %d: %s"
                .formatted(
                        words[0],
                        words[1],
                        XenstoreMessageType.name(StoreMessage.field(bytes, XsdSockmsg.TYPE)),
                        StoreMessage.field(bytes, XsdSockmsg.TX_ID),
                        shown.replace("\0", "|").replaceAll("[^ -~]", "?"));
    }

    private static String text(String hex) {
        byte[] bytes = HEX.parseHex(hex);
        return CText.of(bytes, 0, bytes.length);
    }
}
