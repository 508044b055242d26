package dev.vls.replay.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.replay.wire.Message.Commit;
import dev.vls.replay.wire.Message.Parting;
import dev.vls.replay.wire.Message.Purpose;
import dev.vls.replay.wire.Message.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Frames to bytes and back, and what hostile peers send. */
final class MessageCodecTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5};
    private static final UUID NODE = new UUID(0x1122334455667788L, 0x99AABBCCDDEEFF00L);

    static final List<Message> EXAMPLES =
            List.of(
                    new Message.Hello(1, 1, 7, "web", NODE, 3, 99, Purpose.TAKE_OVER),
                    new Message.Welcome(
                            1, 7, "web", NODE, 3, true, "none", 500, Commit.REPLAYED, BYTES),
                    new Message.Refuse(Refusal.NOT_LEADER, "no"),
                    new Message.Pages(2, 1, new Lent(true, 4104, ByteBuffer.wrap(BYTES))),
                    new Message.Instant(5, 1L << 40, 77, 65536, new byte[32], 1000),
                    new Message.State(BYTES),
                    new Message.Complete(9),
                    new Message.Log(5, 2, 4, Packed.stored(BYTES)),
                    new Message.Heartbeat(8, 7, true),
                    new Message.Ack(8, 7, 1L << 50, 6, new byte[32]),
                    new Message.PageRequest(new long[] {3, 1L << 20}),
                    new Message.HandOver(8),
                    new Message.Taken(4, 5, 6),
                    new Message.LateFrame(1, BYTES),
                    new Message.Missing(8, new byte[] {1, 2}),
                    new Message.Bye(Parting.LAGGING, "slow"),
                    new Message.Disk(2, 64, Packed.stored(new byte[1024])));

    @Test
    void whatIsEncodedIsDecoded() {
        for (Message message : EXAMPLES) {
            byte[] bytes = MessageEncoder.encode(message);
            Message decoded = MessageDecoder.decode(ByteBuffer.wrap(bytes));
            assertEquals(message.getClass(), decoded.getClass());
            assertArrayEquals(bytes, MessageEncoder.encode(decoded), message.toString());
        }
    }

    @Test
    void aHeartbeatLooksAsThePageSays() {
        assertEquals(
                "09" + "0800000000000000" + "0700000000000000" + "01",
                HexFormat.of().formatHex(MessageEncoder.encode(new Message.Heartbeat(8, 7, true))));
    }

    @Test
    void everyTruncationIsRefused() {
        for (Message message : EXAMPLES) {
            byte[] bytes = MessageEncoder.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(
                        WireException.class, () -> MessageDecoder.decode(ByteBuffer.wrap(cut)));
            }
        }
    }

    @Test
    void whatIsLeftOverIsRefused() {
        for (Message message : EXAMPLES) {
            byte[] bytes = MessageEncoder.encode(message);
            byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
            assertThrows(WireException.class, () -> MessageDecoder.decode(ByteBuffer.wrap(more)));
        }
    }

    @Test
    void damagedFramesAreDecodedOrRefusedAndNothingElse() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int decoded = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes =
                    MessageEncoder.encode(EXAMPLES.get(random.nextInt(EXAMPLES.size()))).clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Message message = MessageDecoder.decode(ByteBuffer.wrap(bytes));
                assertArrayEquals(bytes, MessageEncoder.encode(message), () -> "seed " + seed);
                decoded++;
            } catch (WireException refused) {
                assertTrue(String.valueOf(refused.getMessage()).length() > 3);
            }
        }
        assertTrue(decoded > 0, "seed " + seed);
    }

    @Test
    void aLengthIsLookedAtBeforeAnythingIsAllocated() {
        byte[] frame = {6, -1, -1, -1, 127};
        assertThrows(WireException.class, () -> MessageDecoder.decode(ByteBuffer.wrap(frame)));
    }

    @Test
    void packedContentComesBackAndDamagedContentDoesNot() {
        Packer packer = new Packer(true);
        byte[] content = new byte[5000];
        Arrays.fill(content, 1000, 2000, (byte) 7);
        Packed packed = packer.pack(content, 0, content.length);
        assertTrue(packed.zstd());
        assertArrayEquals(content, packer.unpack(packed));
        Packed longer = new Packed(true, 5001, packed.bytes());
        assertThrows(WireException.class, () -> packer.unpack(longer));
        Packed shorter = new Packed(true, 4999, packed.bytes());
        assertThrows(WireException.class, () -> packer.unpack(shorter));
    }

    @Test
    void lentContentComesBackAndDamagedContentDoesNot() {
        Packer packer = new Packer(true);
        ByteBuffer content = ByteBuffer.allocateDirect(5000);
        content.put(1000, new byte[] {1, 2, 3});
        ByteBuffer into = ByteBuffer.allocateDirect(packer.mostOf(content.remaining()));
        assertTrue(packer.pack(content, into));
        assertEquals(content, packer.unpack(new Lent(true, 5000, into)));
        assertEquals(content, packer.unpack(Lent.stored(content)));
        assertThrows(WireException.class, () -> packer.unpack(new Lent(true, 5001, into)));
        assertThrows(WireException.class, () -> packer.unpack(new Lent(true, 4999, into)));
        // One that is barely shorter, or not at all, travels as it is.
        byte[] random = new byte[5000];
        new Random(1).nextBytes(random);
        assertFalse(packer.pack(ByteBuffer.allocateDirect(5000).put(random).flip(), into));
    }
}
