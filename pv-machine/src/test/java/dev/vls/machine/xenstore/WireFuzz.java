package dev.vls.machine.xenstore;

import java.util.List;
import java.util.Random;

/**
 * A toolstack connection and two domains that send sense and nonsense, in pieces, and take answers
 * when they feel like it.
 */
final class WireFuzz {
    private static final String[] PAYLOADS = {
        "data/a\0",
        "data/a/b\0value",
        "/local/domain/1/data\0",
        "\0",
        "",
        "T\0",
        "F\0",
        "data\0tok\0",
        "data\0" + "0\0",
        "/\0",
        "data/a\0n1\0b2\0",
        "@releaseDomain\0x\0",
        "data//\0",
        "1\0",
        "2\0",
        "1\0" + "1\0" + "1\0",
        "2\0" + "1\0" + "1\0",
        "quota\0" + "1\0",
        "1\0" + "2\0",
        "data",
        "/local/domain/2/data/x\0v",
        "data/a/b\0t\0"
    };

    private final XenstoreServer server;
    private final Random random;
    private final StoreConnection toolstack;
    private final byte[] buffer = new byte[9000];

    WireFuzz(XenstoreServer server, Random random) {
        this.server = server;
        this.random = random;
        toolstack =
                server.toolstackConnections().isEmpty()
                        ? server.connectToolstack()
                        : server.toolstackConnections().getFirst();
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            for (int domid = 1; domid <= 2; domid++) {
                revive(domid);
            }
            StoreConnection connection = server.connectionOf(random.nextInt(3));
            send(connection == null ? toolstack : connection);
        }
    }

    private void revive(int domid) {
        StoreConnection connection = server.connectionOf(domid);
        if (connection == null || (connection.error() != 0 && random.nextInt(50) == 0)) {
            server.domainDestroyed(domid);
            server.domainCreated(domid);
            XenstoreClient client = new XenstoreClient(server.connectToolstack());
            client.introduce(domid, 1, 1);
            String data = "/local/domain/" + domid + "/data";
            client.write(data, "");
            client.setPermissions(data, List.of(new StorePermission(domid, StorePermission.NONE)));
        }
        for (StoreConnection tool : server.toolstackConnections()) {
            if (tool != toolstack) {
                server.disconnect(tool);
            }
        }
    }

    private void send(StoreConnection connection) {
        byte[] bytes;
        if (connection != toolstack && random.nextInt(200) == 0) {
            bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
        } else {
            int type = random.nextInt(8) == 0 ? random.nextInt(40) : 1 + random.nextInt(14);
            String payload = PAYLOADS[random.nextInt(PAYLOADS.length)];
            if (random.nextInt(20) == 0) {
                payload = payload + "x".repeat(random.nextInt(4000));
            }
            int transaction = random.nextInt(3) == 0 ? random.nextInt(12) : 0;
            bytes = StoreMessage.encode(type, random.nextInt(), transaction, payload);
        }
        for (int at = 0; at < bytes.length; ) {
            int piece = Math.min(bytes.length - at, 1 + random.nextInt(bytes.length));
            int taken = connection.accept(bytes, at, piece);
            at += taken;
            if (random.nextInt(4) == 0 || taken == 0) {
                connection.drain(buffer, 0, random.nextInt(buffer.length));
            }
            if (connection.error() != 0) {
                return;
            }
        }
    }
}
