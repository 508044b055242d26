package dev.vls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.MessageDecoder;
import dev.vls.replay.wire.MessageEncoder;
import dev.vls.replay.wire.WireFormat;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that cannot be worked with: each side says so in one line, with the exit code of
 * docs/cli.md, and the guest, which all tests share, goes on.
 */
@Timeout(180)
final class BadPeerTest {
    private static final String NAME = "bad-" + ProcessHandle.current().pid();
    private static final int DISK_BYTES = 1 << 20;

    @TempDir private static Path directory;
    private static VlsProcess leader;
    private static VlsProcess keyed;
    private static LedgerClient ledger;
    private static LedgerClient keyedLedger;

    @BeforeAll
    static void lead() throws Exception {
        Path disk = Files.write(directory.resolve("disk"), new byte[DISK_BYTES]);
        leader = PairProcesses.lead(directory, NAME, "--disk", disk.toString());
        keyed = PairProcesses.lead(directory, NAME + "-keyed", "--keys", keys("ours"));
        ledger = LedgerClient.connect(NAME);
        keyedLedger = LedgerClient.connect(NAME + "-keyed");
    }

    private static VlsProcess follow(String address, String... more) throws IOException {
        return VlsProcess.start(
                directory,
                PairProcesses.join(more, "follow", address, "--console", "none", "--take-over"));
    }

    private static String keys(String name) {
        String file = directory.resolve(name).toString();
        if (!Files.exists(Path.of(file))) {
            assertEquals(0, CommandLineHarness.vls("keys", file).exitCode);
        }
        return file;
    }

    @AfterAll
    static void end() throws Exception {
        for (LedgerClient client : new LedgerClient[] {ledger, keyedLedger}) {
            client.quit();
            client.close();
        }
        assertEquals(0, leader.exitCode());
        assertEquals(0, keyed.exitCode());
        leader.close();
        keyed.close();
    }

    private static void assertGoesOn(LedgerClient client) throws IOException {
        long number = client.number();
        client.add(1);
        assertEquals(number + 1, client.number());
    }

    /** It ends with a code, and says why in a line. */
    private static void assertEnds(VlsProcess follower, int code, String why) throws Exception {
        assertEquals(code, follower.exitCode(), follower.errors());
        String last = follower.errors().lines().reduce("", (a, b) -> b);
        assertTrue(last.startsWith("vls: ") && last.contains(why), follower.errors());
        assertFalse(follower.errors().contains("Exception"), follower.errors());
        assertFalse(follower.errors().contains("\tat "), follower.errors());
        follower.close();
    }

    // --- who is let in ---

    @Test
    void whoHasOtherKeysIsNotLetIn() throws Exception {
        assertEnds(
                follow(PairProcesses.addressOf(keyed), "--keys", keys("theirs")),
                ExitCode.UNREACHABLE,
                "give both sides the same --keys");
        keyed.awaitErrors("is refused");
        assertGoesOn(keyedLedger);
    }

    @Test
    void whoHasNoKeysIsNotLetIn() throws Exception {
        assertEnds(
                follow(PairProcesses.addressOf(keyed)),
                ExitCode.UNREACHABLE,
                "the leader has gone");
        keyed.awaitErrors("give both sides the same --keys");
        assertGoesOn(keyedLedger);
    }

    // --- who says what cannot be ---

    @Test
    void aFollowerOfAnotherVersionIsToldWhichThereAre() throws Exception {
        try (Socket socket = connect(leader)) {
            send(socket, hello(WireFormat.VERSION + 9, WireFormat.VERSION + 8));
            Message.Refuse refuse = (Message.Refuse) receive(socket);
            assertEquals(Message.Refusal.VERSION, refuse.code());
            assertTrue(refuse.reason().contains("the follower 9 to 10"), refuse.reason());
        }
        leader.awaitErrors("speaks versions");
        assertGoesOn(ledger);
    }

    @Test
    void whoSaysNothingIsLeft() throws Exception {
        try (Socket socket = connect(leader)) {
            assertEquals(-1, socket.getInputStream().read());
        }
        try (ServerSocket silent = listen();
                VlsProcess follower = follow(address(silent));
                Socket accepted = silent.accept()) {
            assertTrue(accepted.isConnected());
            assertEnds(follower, ExitCode.UNREACHABLE, "the leader says nothing");
        }
        assertGoesOn(ledger);
    }

    @Test
    void aLeaderThatTalksOfOtherThingsIsRefused() throws Exception {
        try (ServerSocket other = listen();
                VlsProcess follower = follow(address(other));
                Socket accepted = other.accept()) {
            accepted.getOutputStream().write("220 mail.example ESMTP\r\n".getBytes(US_ASCII));
            assertEnds(follower, ExitCode.UNUSABLE_INPUT, "what is not of the protocol");
        }
    }

    @Test
    void aLeaderThatRefusesIsSaidInItsWords() throws Exception {
        try (ServerSocket other = listen();
                VlsProcess follower = follow(address(other));
                Socket accepted = other.accept()) {
            receive(accepted);
            send(accepted, new Message.Refuse(Message.Refusal.VERSION, "speaks version 7"));
            assertEnds(follower, ExitCode.UNUSABLE_INPUT, "speaks version 7");
        }
    }

    // --- what a host has not ---

    @Test
    void aHostWithoutTheMemoryRefusesTheGuest() throws Exception {
        Message.Welcome welcome;
        try (Socket socket = connect(leader)) {
            send(socket, hello(WireFormat.VERSION, WireFormat.VERSION_OLDEST));
            welcome = (Message.Welcome) receive(socket);
        }
        String header = new String(welcome.header(), UTF_8);
        String larger = header.replaceAll("(\"memory_bytes\"\\s*:\\s*)\\d+", "$1" + (1L << 42));
        assertFalse(header.equals(larger), header);
        try (ServerSocket other = listen();
                VlsProcess follower =
                        follow(address(other), "--disk", directory.resolve("disk") + ",ro");
                Socket accepted = other.accept()) {
            receive(accepted);
            send(
                    accepted,
                    new Message.Welcome(
                            welcome.version(),
                            welcome.features(),
                            welcome.domain(),
                            welcome.node(),
                            welcome.epoch(),
                            welcome.resumes(),
                            welcome.arbiter(),
                            welcome.detectMillis(),
                            welcome.commit(),
                            larger.getBytes(UTF_8)));
            assertEnds(follower, ExitCode.UNUSABLE_INPUT, "memory");
        }
        assertGoesOn(ledger);
    }

    @Test
    void aHostWithoutTheDisksRefusesTheGuest() throws Exception {
        assertEnds(
                follow(PairProcesses.addressOf(leader)),
                ExitCode.UNUSABLE_INPUT,
                "the guest has 1 disks: give as many --disk");
        Path small = Files.write(directory.resolve("small"), new byte[DISK_BYTES / 2]);
        assertEnds(
                follow(PairProcesses.addressOf(leader), "--disk", small.toString()),
                ExitCode.UNUSABLE_INPUT,
                "make one of that size");
        Path none = directory.resolve("none");
        assertEnds(
                follow(PairProcesses.addressOf(leader), "--disk", none.toString()),
                ExitCode.UNUSABLE_INPUT,
                none.toString());
        assertGoesOn(ledger);
    }

    // --- connections without vls at the other end ---

    private static Message.Hello hello(int newest, int oldest) {
        return new Message.Hello(
                newest, oldest, 0, "", new UUID(1, newest), 0, 0, Message.Purpose.FOLLOW);
    }

    private static Socket connect(VlsProcess to) throws Exception {
        String address = PairProcesses.addressOf(to);
        int colon = address.lastIndexOf(':');
        return new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(colon + 1)));
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static String address(ServerSocket at) {
        return "127.0.0.1:" + at.getLocalPort();
    }

    private static void send(Socket socket, Message message) throws IOException {
        byte[] bytes = MessageEncoder.encode(message);
        ByteBuffer frame =
                ByteBuffer.allocate(Integer.BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        socket.getOutputStream().write(frame.putInt(bytes.length).put(bytes).array());
    }

    private static Message receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] frame = new byte[Integer.reverseBytes(in.readInt())];
        in.readFully(frame);
        return MessageDecoder.decode(ByteBuffer.wrap(frame));
    }
}
