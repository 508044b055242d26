package dev.vls.machine.xenstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the layout writes is what {@code xl create} writes. */
class XenstoreLayoutTest {
    private static final Pattern LINE = Pattern.compile("(/\\S*) = \"(.*)\"   \\((.*)\\)");

    /** What Linux's backends, their scripts and xenconsoled have added. */
    private static final Pattern ADDED =
            Pattern.compile(
                    "/local/domain/0/backend/(vbd|vif)/.*/(feature-.*|multi-queue-.*|max-ring-page-order"
                            + "|node|physical-device|physical-device-path|hotplug-status|state)"
                            + "|/local/domain/1/console/tty");

    private static final String UUID = "11111111-2222-3333-4444-555555555555";

    private final XenstoreServer server = new XenstoreServer(DomainLinks.NONE);
    private final XenstoreClient store = new XenstoreClient(server.connectToolstack());

    private static DomainDescription description() {
        return new DomainDescription(
                1,
                "layout",
                UUID,
                2,
                98304,
                "/boot/vmlinux-guest",
                "/boot/initrd-tiny.cpio",
                "console=hvc0 quiet",
                "1795207535.16",
                1,
                492033,
                2,
                492034,
                List.of(
                        new DomainDescription.Disk(0, "/tmp/disk.img", true),
                        new DomainDescription.Disk(1, "/tmp/disk2.img", false)),
                List.of(new DomainDescription.Interface(0, "00:16:3e:01:02:03", "xenbr0", false)));
    }

    @Test
    void writesWhatXlWrites() throws IOException {
        server.domainCreated(1);
        XenstoreLayout layout = new XenstoreLayout(store, description());
        layout.writeDomain();
        store.introduce(1, 492033, 1);
        layout.writeConsole("pty");
        layout.writeDevices();
        Map<String, String> expected = golden();
        Map<String, String> actual = new TreeMap<>();
        collect("/local/domain", actual);
        collect("/vm", actual);
        collect("/libxl", actual);
        actual.remove("/local/domain");
        actual.remove("/local/domain/0");
        actual.keySet().removeIf(path -> ADDED.matcher(path).matches());
        assertTrue(expected.size() > 150, "lines: " + expected.size());
        assertEquals(lines(expected), lines(actual));
    }

    @Test
    void removalLeavesNothingOfTheDomain() {
        server.domainCreated(1);
        XenstoreLayout.writeHost(store);
        Map<String, String> before = new TreeMap<>();
        collect("/local", before);
        XenstoreLayout layout = new XenstoreLayout(store, description());
        layout.writeDomain();
        layout.writeConsole("pty");
        layout.writeDevices();
        layout.remove();
        Map<String, String> after = new TreeMap<>();
        collect("/local", after);
        after.keySet().removeIf(path -> path.startsWith("/local/domain/0/backend"));
        assertEquals(lines(before), lines(after));
        assertEquals(List.of(), store.list("/vm"));
        assertEquals(List.of(), store.list("/libxl"));
        assertEquals(List.of(), store.list("/local/domain/0/backend/vbd"));
    }

    private static String lines(Map<String, String> nodes) {
        StringBuilder text = new StringBuilder();
        nodes.forEach((path, rest) -> text.append(path).append(rest).append('\n'));
        return text.toString();
    }

    private static Map<String, String> golden() throws IOException {
        Map<String, String> nodes = new TreeMap<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        XenstoreLayoutTest.class.getResourceAsStream(
                                                "/xenstore/xl-create.txt")),
                                StandardCharsets.US_ASCII))) {
            reader.lines()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .filter(line -> !ADDED.matcher(line.group(1)).matches())
                    .forEach(
                            line ->
                                    nodes.put(
                                            line.group(1),
                                            " " + line.group(2) + " " + line.group(3)));
        }
        return nodes;
    }

    private void collect(String path, Map<String, String> nodes) {
        String value = Objects.requireNonNull(store.read(path), path);
        StringBuilder permissions = new StringBuilder();
        for (StorePermission permission : store.permissions(path)) {
            permissions.append(permissions.isEmpty() ? "" : ",").append(permission);
        }
        nodes.put(path, " " + value + " " + permissions);
        for (String name : store.list(path)) {
            collect(StorePaths.child(path, name), nodes);
        }
    }
}
