package dev.vls.machine.xenstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vls.machine.state.DamagedState;
import dev.vls.machine.state.StateFormatException;
import dev.vls.machine.state.StateReader;
import dev.vls.machine.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The toolstack's view of the store against a plain map of paths, and the state as bytes. */
class StoreModelTest {
    private final XenstoreServer server = new XenstoreServer(DomainLinks.NONE);
    private final XenstoreClient client = new XenstoreClient(server.connectToolstack());

    /** What the tree must be: every node has its ancestors, removal takes all below. */
    private static final class Model {
        final SortedMap<String, String> nodes = new TreeMap<>();

        void write(String path, String value) {
            makeDirectory(path);
            nodes.put(path, value);
        }

        void makeDirectory(String path) {
            for (int slash = path.indexOf('/', 1);
                    slash > 0;
                    slash = path.indexOf('/', slash + 1)) {
                nodes.putIfAbsent(path.substring(0, slash), "");
            }
            nodes.putIfAbsent(path, "");
        }

        void remove(String path) {
            nodes.keySet().removeIf(node -> node.equals(path) || node.startsWith(path + "/"));
        }
    }

    @Test
    void holdsWhatAMapOfPathsWouldHold() {
        long seed = seed();
        Random random = new Random(seed);
        Model model = new Model();
        for (int i = 0; i < 4000; i++) {
            change(random, client, model);
            if (i % 50 == 0) {
                assertEquals(model.nodes, contents("/top"), "seed " + seed + " step " + i);
            }
        }
    }

    @Test
    void transactionHappensWhollyOrNotAtAll() {
        long seed = seed();
        Random random = new Random(seed);
        Model model = new Model();
        for (int i = 0; i < 300; i++) {
            Model inside = new Model();
            inside.nodes.putAll(model.nodes);
            boolean abandoned = random.nextInt(3) == 0;
            try {
                client.transact(
                        view -> {
                            for (int step = random.nextInt(8); step >= 0; step--) {
                                change(random, view, inside);
                            }
                            if (abandoned) {
                                throw new IllegalStateException("abandoned");
                            }
                        });
                model = inside;
            } catch (IllegalStateException e) {
                assertEquals("abandoned", e.getMessage());
            }
            assertEquals(model.nodes, contents("/top"), "seed " + seed + " step " + i);
        }
    }

    @Test
    void conflictingTransactionIsRepeated() {
        client.write("/counter", "0");
        XenstoreClient other = new XenstoreClient(server.connectToolstack());
        List<String> seen = new ArrayList<>();
        client.transact(
                view -> {
                    String count = String.valueOf(view.read("/counter"));
                    seen.add(count);
                    if (seen.size() == 1) {
                        other.write("/counter", "7");
                    }
                    view.write("/counter", Integer.toString(Integer.parseInt(count) + 1));
                });
        assertEquals(List.of("0", "7"), seen);
        assertEquals("8", client.read("/counter"));
    }

    @Test
    void refusalsNameTheErrorAndThePath() {
        XenstoreException refusal =
                assertThrows(XenstoreException.class, () -> client.write("/bad path", "x"));
        assertEquals("EINVAL", refusal.error());
        assertEquals(
                "xenstore WRITE /bad path: EINVAL: check the path's characters and length",
                refusal.getMessage());
        assertNull(client.read("/nowhere"));
        assertEquals(List.of(), client.list("/nowhere"));
    }

    @Test
    void listsMoreChildrenThanOneMessageHolds() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            names.add("child-number-" + i);
            client.makeDirectory("/many/" + names.getLast());
        }
        assertEquals(names, client.list("/many"));
        client.makeDirectory("/none");
        assertEquals(List.of(), client.list("/none"));
    }

    @Test
    void domainThatGoesTakesItsNodesAlongAndIsAnnounced() {
        server.domainCreated(5);
        client.write("/local/domain/5/data", "");
        client.setPermissions(
                "/local/domain/5/data", List.of(new StorePermission(5, StorePermission.NONE)));
        client.introduce(5, 1, 1);
        client.watch("@releaseDomain", "gone");
        assertEquals(new XenstoreClient.Event("@releaseDomain", "gone"), client.nextEvent());
        server.domainShutDown(5);
        assertNotNull(client.nextEvent());
        server.domainShutDown(5);
        assertNull(client.nextEvent());
        client.resume(5);
        server.domainShutDown(5);
        assertNotNull(client.nextEvent());
        server.domainDestroyed(5);
        assertNotNull(client.nextEvent());
        assertNull(client.read("/local/domain/5/data"));
        assertEquals("", client.read("/local/domain/5"));
    }

    @Test
    void restoredStateIsEqualAndGoesOnEqually() {
        long seed = seed();
        Random random = new Random(seed);
        WireFuzz fuzz = new WireFuzz(server, random);
        fuzz.run(3000);
        byte[] state = state(server);
        XenstoreServer restored = new XenstoreServer(DomainLinks.NONE);
        new StateReader(state).section("xenstore", restored::state);
        assertEquals(hash(state), hash(state(restored)), "seed " + seed);
        long later = random.nextLong();
        new WireFuzz(server, new Random(later)).run(2000);
        new WireFuzz(restored, new Random(later)).run(2000);
        assertEquals(hash(state(server)), hash(state(restored)), "seed " + seed);
    }

    @Test
    void damagedStateIsRefusedWhateverItsChecksumsSay() {
        long seed = seed();
        Random random = new Random(seed);
        new WireFuzz(server, random).run(300);
        byte[] state = state(server);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = DamagedState.withRightChecksums(state, random);
            XenstoreServer restored = new XenstoreServer(DomainLinks.NONE);
            try {
                new StateReader(damaged).section("xenstore", restored::state);
            } catch (StateFormatException e) {
                assertNotNull(e.getMessage(), "seed " + seed);
            }
        }
    }

    private static long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }

    static byte[] state(XenstoreServer server) {
        StateWriter writer = new StateWriter();
        writer.section("xenstore", server::state);
        return writer.toBytes();
    }

    private static String hash(byte[] bytes) {
        return bytes.length + ":" + Arrays.hashCode(bytes);
    }

    private static void change(Random random, XenstoreView view, Model model) {
        StringBuilder path = new StringBuilder("/top");
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            path.append('/').append((char) ('a' + random.nextInt(4)));
        }
        String at = path.toString();
        String parent = at.substring(0, at.lastIndexOf('/'));
        switch (random.nextInt(3)) {
            case 0 -> {
                view.write(at, "v" + random.nextInt());
                model.write(at, String.valueOf(view.read(at)));
            }
            case 1 -> {
                view.makeDirectory(at);
                model.makeDirectory(at);
            }
            default -> {
                if (model.nodes.containsKey(parent)) {
                    view.remove(at);
                    model.remove(at);
                } else {
                    XenstoreException refusal =
                            assertThrows(XenstoreException.class, () -> view.remove(at));
                    assertEquals("ENOENT", refusal.error());
                }
            }
        }
    }

    private Map<String, String> contents(String path) {
        Map<String, String> nodes = new TreeMap<>();
        String value = client.read(path);
        if (value != null) {
            nodes.put(path, value);
            for (String name : client.list(path)) {
                nodes.putAll(contents(path + "/" + name));
            }
        }
        return nodes;
    }
}
