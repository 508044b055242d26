package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The switch between stream sockets. */
@Timeout(120)
class LearningSwitchTest {
    private static final int PORTS = 3;
    private static final long EVERYBODY = 0xFFFF_FFFF_FFFFL;
    private static final long GUEST = 0x0016_3E00_0001L;
    private static final long CLIENT = 0x0016_3E00_0002L;

    @TempDir Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private final LinkedBlockingQueue<String> remarks = new LinkedBlockingQueue<>();
    private final List<StreamPeer> peers = new ArrayList<>();
    private LearningSwitch ports = new LearningSwitch(List.of(), line -> {});
    private byte number;

    @BeforeEach
    void plugIn() throws IOException {
        List<NetworkLink> links = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            links.add(StreamLink.listen(StreamAddress.of(path(i).toString()), "port" + i));
        }
        ports = new LearningSwitch(links, remarks::add, nanos::get);
        ports.start();
        for (int i = 0; i < PORTS; i++) {
            peers.add(StreamPeer.connect(path(i)));
        }
        settle();
    }

    @AfterEach
    void close() throws IOException {
        for (StreamPeer peer : peers) {
            peer.close();
        }
        ports.close();
    }

    private Path path(int port) {
        return folder.resolve("port" + port);
    }

    private byte[] frame(long to, long from) {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putShort((short) (to >> 32)).putInt((int) to);
        frame.putShort((short) (from >> 32)).putInt((int) from);
        frame.putShort((short) 0x88B5).put(number++);
        return frame.array();
    }

    /** Each port is heard at every other one, so the switch has accepted all. */
    private void settle() throws IOException {
        for (int i = 0; i < PORTS; i++) {
            for (int j = 0; j < PORTS; j++) {
                boolean heard = i == j;
                while (!heard) {
                    byte[] asked = frame(EVERYBODY, 0x0200_0000_0000L + i);
                    peers.get(i).send(asked);
                    Thread.onSpinWait();
                    heard = peers.get(j).in.available() > 0;
                }
            }
        }
        // What was said meanwhile ends with a frame that each port knows.
        byte[][] last = new byte[PORTS][];
        for (int i = 0; i < PORTS; i++) {
            last[i] = frame(EVERYBODY, 0x0300_0000_0000L + i);
            peers.get(i).send(last[i]);
        }
        for (int j = 0; j < PORTS; j++) {
            for (int left = PORTS - 1; left > 0; ) {
                byte[] got = peers.get(j).receive();
                left -= got[6] == 3 ? 1 : 0;
            }
        }
    }

    private void expectAt(byte[] frame, int... where) throws IOException {
        for (int port : where) {
            assertArrayEquals(frame, peers.get(port).receive());
        }
    }

    private void send(int port, byte[] frame, int... where) throws IOException {
        peers.get(port).send(frame);
        expectAt(frame, where);
    }

    @Test
    void addressesAreLearnedAndMove() throws Exception {
        // A frame at the wrong port would stand before the next one that is expected there.
        send(0, frame(GUEST, CLIENT), 1, 2);
        send(1, frame(CLIENT, GUEST), 0);
        send(0, frame(GUEST, CLIENT), 1);
        // The guest announces itself from another process.
        send(2, frame(EVERYBODY, GUEST), 0, 1);
        send(0, frame(GUEST, CLIENT), 2);
        send(1, frame(CLIENT, 0x0016_3E00_0003L), 0);
        send(0, frame(EVERYBODY, CLIENT), 1, 2);
    }

    @Test
    void whatIsBehindOnePortStaysThere() throws Exception {
        send(1, frame(EVERYBODY, GUEST), 0, 2);
        send(1, frame(EVERYBODY, CLIENT), 0, 2);
        send(1, frame(CLIENT, GUEST));
        send(1, frame(EVERYBODY, GUEST), 0, 2);
    }

    /** Unplugs a port, and waits until the switch has noticed. */
    private void unplug(int port) throws Exception {
        peers.get(port).close();
        for (String line = remarks.take(); !line.contains("gone"); line = remarks.take()) {
            // Remarks about the peers that came.
        }
    }

    @Test
    void addressesAreForgottenWithTime() throws Exception {
        send(1, frame(EVERYBODY, GUEST), 0, 2);
        send(0, frame(GUEST, CLIENT), 1);
        nanos.addAndGet(LearningSwitch.AGE_NANOS_MAX + 1);
        send(0, frame(GUEST, CLIENT), 1, 2);
        send(1, frame(EVERYBODY, GUEST), 0, 2);
    }

    @Test
    void whatIsForAGuestWhoseProcessIsGoneWaitsForItsNextOne() throws Exception {
        send(1, frame(EVERYBODY, GUEST), 0, 2);
        unplug(1);
        byte[] first = frame(GUEST, CLIENT);
        byte[] second = frame(GUEST, CLIENT);
        send(0, first);
        send(0, second);
        send(0, frame(EVERYBODY, CLIENT), 2);
        send(2, frame(EVERYBODY, GUEST), 0);
        expectAt(first, 2);
        expectAt(second, 2);
        send(0, frame(GUEST, CLIENT), 2);
    }

    @Test
    void whatIsForAGuestThatDoesNotComeBackIsLookedForEverywhereAfterAMoment() throws Exception {
        send(1, frame(EVERYBODY, GUEST), 0, 2);
        unplug(1);
        send(0, frame(GUEST, CLIENT));
        send(0, frame(EVERYBODY, CLIENT), 2);
        nanos.addAndGet(LearningSwitch.HOLD_NANOS_MAX + 1);
        send(0, frame(GUEST, CLIENT), 2);
        send(2, frame(EVERYBODY, GUEST), 0);
        send(0, frame(GUEST, CLIENT), 2);
    }

    @Test
    void addressesThatSomebodyMakesUpDoNotPushOutOthers() throws Exception {
        send(1, frame(EVERYBODY, GUEST), 0, 2);
        for (int i = 0; i < 2 * LearningSwitch.ADDRESSES_MAX; i++) {
            send(2, frame(GUEST, 0x0600_0000_0000L + i), 1);
        }
        send(0, frame(GUEST, CLIENT), 1);
        // There is no room for this one.
        send(1, frame(CLIENT, GUEST), 0, 2);
        nanos.addAndGet(LearningSwitch.AGE_NANOS_MAX + 1);
        send(0, frame(EVERYBODY, CLIENT), 1, 2);
        send(1, frame(CLIENT, GUEST), 0);
    }
}
