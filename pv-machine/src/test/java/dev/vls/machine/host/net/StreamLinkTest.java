package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.device.net.FrameOffload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stream links and real sockets, with a peer that speaks as QEMU and passt do. */
@Timeout(300)
class StreamLinkTest {
    @TempDir Path folder;

    private final CollectingListener told = new CollectingListener();

    private static byte[] frame(int length, int seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static void send(NetworkLink link, byte[] frame) {
        byte[] within = new byte[frame.length + 7];
        System.arraycopy(frame, 0, within, 5, frame.length);
        link.send(within, 5, frame.length, FrameOffload.NONE);
    }

    private StreamAddress unix() {
        return StreamAddress.of(folder.resolve("net").toString());
    }

    private static ServerSocketChannel serve(StreamAddress address) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(address.path()));
    }

    @Test
    void framesGoBothWaysAndAClientComesBack() throws Exception {
        try (ServerSocketChannel server = serve(unix());
                StreamLink link = StreamLink.connect(unix(), "test")) {
            for (int round = 0; round < 3; round++) {
                try (StreamPeer peer = new StreamPeer(server.accept())) {
                    if (round == 0) {
                        link.start(told);
                    }
                    told.expectCarrier(true);
                    if (round > 0) {
                        assertTrue(told.remarked().endsWith("connected"));
                    }
                    for (int length : new int[] {14, 60, 1514, 65549, 65553}) {
                        peer.send(frame(length, length));
                        assertArrayEquals(frame(length, length), told.frame().bytes());
                        send(link, frame(length, length + 1));
                        assertArrayEquals(frame(length, length + 1), peer.receive());
                    }
                    // Too short for Ethernet: passed over.
                    peer.send(new byte[0]);
                    peer.send(frame(13, 1));
                    peer.send(frame(14, 2));
                    assertArrayEquals(frame(14, 2), told.frame().bytes());
                }
                told.expectCarrier(false);
                assertTrue(told.remarked().contains("the peer is gone"));
            }
        }
    }

    @Test
    void manyFramesKeepTheirOrder() throws Exception {
        try (ServerSocketChannel server = serve(unix());
                StreamLink link = StreamLink.connect(unix(), "test");
                StreamPeer peer = new StreamPeer(server.accept())) {
            link.start(told);
            SplittableRandom random = new SplittableRandom(5);
            int[] lengths = random.ints(2000, 14, 4000).toArray();
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int i = 0; i < lengths.length; i++) {
                                            send(link, frame(lengths[i], i));
                                            if (i % 400 == 399) {
                                                peerHasRead(peer);
                                            }
                                        }
                                    });
            for (int i = 0; i < lengths.length; i++) {
                assertArrayEquals(frame(lengths[i], i), peer.receive());
                if (i % 400 == 399) {
                    synchronized (peer) {
                        peer.notifyAll();
                    }
                }
            }
            sender.join();
        }
    }

    /** Keeps the sender from filling the queue, where frames would be dropped. */
    private static void peerHasRead(StreamPeer peer) {
        synchronized (peer) {
            try {
                peer.wait(1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadCostsFramesAndNothingElse() throws Exception {
        try (ServerSocketChannel server = serve(unix());
                StreamLink link = StreamLink.connect(unix(), "test");
                StreamPeer peer = new StreamPeer(server.accept())) {
            link.start(told);
            byte[] frame = frame(60_000, 1);
            for (int i = 0; i < 1000; i++) {
                send(link, frame);
            }
            for (int i = 0; i < 10; i++) {
                assertArrayEquals(frame, peer.receive());
            }
        }
    }

    @Test
    void aServerTakesOnePeerAfterTheOther() throws Exception {
        try (StreamLink link = StreamLink.listen(unix(), "test")) {
            link.start(told);
            told.expectCarrier(false);
            for (int round = 0; round < 3; round++) {
                try (StreamPeer peer =
                        new StreamPeer(
                                SocketChannel.open(UnixDomainSocketAddress.of(unix().path())))) {
                    told.expectCarrier(true);
                    told.remarked();
                    send(link, frame(100, round));
                    assertArrayEquals(frame(100, round), peer.receive());
                }
                told.expectCarrier(false);
                told.remarked();
            }
        }
        assertFalse(Files.exists(unix().path()), "the socket's file is gone");
    }

    @Test
    void tcpWorksTheSame() throws Exception {
        try (ServerSocketChannel server =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            StreamAddress address = StreamAddress.of("127.0.0.1:" + port);
            try (StreamLink link = StreamLink.connect(address, "test");
                    StreamPeer peer = new StreamPeer(server.accept())) {
                link.start(told);
                told.expectCarrier(true);
                peer.send(frame(300, 1));
                assertArrayEquals(frame(300, 1), told.frame().bytes());
                send(link, frame(200, 1));
                assertArrayEquals(frame(200, 1), peer.receive());
            }
        }
    }

    @Test
    void garbageEndsTheConnectionWithALine() throws Exception {
        try (ServerSocketChannel server = serve(unix());
                StreamLink link = StreamLink.connect(unix(), "test")) {
            link.start(told);
            told.expectCarrier(true);
            try (StreamPeer peer = new StreamPeer(server.accept())) {
                // At once: the link ends the connection after the first four bytes.
                peer.out.write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                peer.out.flush();
                told.expectCarrier(false);
                assertEquals(
                        "socket %s: the peer is gone (what it sends are no frames: one of 1195725856 bytes): waiting for it to come back"
                                .formatted(unix().text()),
                        told.remarked());
            }
        }
    }

    @Test
    void whatCannotBeConnectedOrListenedOnIsSaid() throws Exception {
        LinkException nobody =
                assertThrows(LinkException.class, () -> StreamLink.connect(unix(), "test"));
        assertTrue(nobody.isPeerUnreachable());
        assertSays("start the peer first", nobody);
        serve(unix()).close();
        assertTrue(Files.exists(unix().path()), "left behind");
        try (StreamLink link = StreamLink.listen(unix(), "test")) {
            LinkException taken =
                    assertThrows(LinkException.class, () -> StreamLink.listen(unix(), "test"));
            assertFalse(taken.isPeerUnreachable());
            assertSays("somebody listens", taken);
            link.start(told);
        }
        Files.createFile(unix().path());
        LinkException file =
                assertThrows(LinkException.class, () -> StreamLink.listen(unix(), "test"));
        assertSays("is no socket", file);
        StreamAddress missing = StreamAddress.of("host.invalid:1");
        assertThrows(LinkException.class, () -> StreamLink.connect(missing, "test"));
    }

    private static void assertSays(String part, Exception e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void addressesAreReadAsTheyLook() {
        assertTrue(StreamAddress.of("/run/a:1").isUnix());
        assertTrue(StreamAddress.of("net.sock").isUnix());
        assertFalse(StreamAddress.of("localhost:1234").isUnix());
        assertFalse(StreamAddress.of("[::1]:1234").isUnix());
        assertThrows(IllegalArgumentException.class, () -> StreamAddress.of(""));
        assertThrows(IllegalArgumentException.class, () -> StreamAddress.of("host:99999"));
        assertThrows(IllegalArgumentException.class, () -> StreamAddress.of(":99"));
    }
}
