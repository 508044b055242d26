package dev.vls.trace.verify;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a file is a sealed trace of version 1, in one pass from its start to its end. Memory
 * stays within a few times the largest payload that the format allows, and some bytes a chunk.
 */
public final class TraceVerifier {
    private static final String MAGIC = "89564c530d0a1a0a";
    private static final String CHUNK = "5643484b";
    private static final String TRAILER = "564c5345414c4544";
    private static final int MEBIBYTE = 1_048_576;

    /** By type. */
    private static final int[] PAYLOAD_MAX = {
        0, MEBIBYTE, 4 * MEBIBYTE, 4 * MEBIBYTE, 4 * MEBIBYTE, MEBIBYTE, 64 * MEBIBYTE
    };

    private final FileChannel file;
    private final long size;

    /** Of the chunks so far, as the index must have them: type, stored length, events. */
    private final List<long[]> entries = new ArrayList<>();

    private EventRules events = new EventRules(0);
    private HeaderRules.Checked header = new HeaderRules.Checked(0, false);
    private PieceRules pieces = new PieceRules(header);
    private long at;
    private boolean repaired;

    private TraceVerifier(FileChannel file) throws IOException {
        this.file = file;
        size = file.size();
    }

    /**
     * What was found.
     *
     * @param fault the first rule that is broken, null if none is
     * @param offset of the part that breaks it, or the size of the file
     * @param repaired whether the trace was sealed by repair
     * @param chunks how many are right, the index included
     * @param events how many of each kind are right
     */
    public record Report(
            @Nullable String fault,
            long offset,
            boolean repaired,
            long chunks,
            long checkpoints,
            Map<String, Long> events) {}

    /**
     * Checks a file.
     *
     * @throws IOException if it cannot be read
     */
    public static Report verify(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            TraceVerifier verifier = new TraceVerifier(file);
            String fault = null;
            try {
                verifier.whole();
            } catch (Fault e) {
                fault = e.getMessage();
            }
            return new Report(
                    fault,
                    verifier.at,
                    verifier.repaired,
                    verifier.entries.size(),
                    verifier.pieces.checkpoints(),
                    new TreeMap<>(verifier.events.totals()));
        }
    }

    private void whole() throws Fault, IOException {
        byte[] preamble = take(16, "the preamble");
        Fault.unless(hex(preamble, 8).equals(MAGIC), "this is not a trace");
        Fault.unless(
                view(preamble).getInt(12) == crc(preamble, 12), "the preamble's checksum is wrong");
        Fault.unless(view(preamble).getInt(8) == 1, "a version other than 1");
        at = 16;
        boolean index = false;
        while (!index) {
            index = chunk();
        }
        trailer();
        at = size;
    }

    /** Returns whether it was the index. */
    private boolean chunk() throws Fault, IOException {
        Fault.unless(at < size, "the trace is not sealed");
        byte[] octets = take(32, "a chunk's header");
        ByteBuffer header = view(octets);
        Fault.unless(hex(octets, 4).equals(CHUNK), "no chunk begins here");
        Fault.unless(header.getInt(28) == crc(octets, 28), "the header's checksum is wrong");
        Fault.unless(header.getLong(16) == entries.size(), "the chunk's number is wrong");
        Fault.unless(entries.size() < 4_194_304, "too many chunks");
        int type = header.get(4);
        Fault.unless(type >= 1 && type <= 6, "a type that version 1 does not have");
        Fault.unless((type == 1) == entries.isEmpty(), "a header where it must not be, or none");
        long stored = Integer.toUnsignedLong(header.getInt(8));
        long raw = Integer.toUnsignedLong(header.getInt(12));
        Fault.unless(raw <= PAYLOAD_MAX[type] && stored <= raw, "a length that is not allowed");
        Fault.unless(header.getShort(6) == 0, "bytes 6 and 7 are not 0");
        at += 32;
        byte[] payload = take((int) stored, "a payload");
        at -= 32;
        Fault.unless(
                header.getInt(24) == crc(payload, payload.length),
                "the payload's checksum is wrong");
        Payload plain = new Payload(plain(header.get(5), payload, (int) raw));
        long inChunk = contents(type, plain);
        entries.add(new long[] {type, stored, inChunk});
        if (type != 6) {
            at += 32 + stored;
        }
        return type == 6;
    }

    private static byte[] plain(int codec, byte[] stored, int raw) throws Fault {
        if (codec == 0) {
            Fault.unless(stored.length == raw, "stored and raw length differ");
            return stored;
        }
        Fault.unless(codec == 1, "a codec that version 1 does not have");
        try {
            byte[] plain = new byte[raw];
            int length =
                    new ZstdJavaDecompressor().decompress(stored, 0, stored.length, plain, 0, raw);
            Fault.unless(length == raw, "the payload's raw length is another");
            return plain;
        } catch (RuntimeException e) {
            // Malformed frames make the decompressor leave its tables, too.
            throw new Fault("the payload is not a zstd frame of its raw length");
        }
    }

    private long contents(int type, Payload payload) throws Fault {
        switch (type) {
            case 1 -> {
                byte[] json = new byte[payload.left()];
                for (int i = 0; i < json.length; i++) {
                    json[i] = (byte) payload.octet();
                }
                header = HeaderRules.check(json);
                events = new EventRules(header.vcpus());
                pieces = new PieceRules(header);
            }
            case 2 -> {
                Fault.unless(!header.checkpointsOnly(), "events in a file of checkpoints");
                return events.chunk(payload);
            }
            case 3 -> pieces.attachment(payload);
            case 4 -> pieces.section(payload);
            case 5 -> pieces.checkpoint(payload, events.events());
            default -> index(payload);
        }
        return 0;
    }

    private void index(Payload payload) throws Fault {
        int by = payload.octet();
        Fault.unless(by <= 1, "sealed by nobody that version 1 knows");
        repaired = by == 1;
        Fault.unless(payload.unsigned() == entries.size(), "the index has other chunks");
        for (long[] entry : entries) {
            Fault.unless(payload.octet() == entry[0], "the index has another type");
            Fault.unless(payload.unsigned() == entry[1], "the index has another length");
            Fault.unless(
                    entry[0] != 2 || payload.unsigned() == entry[2], "the index has other events");
        }
        payload.finish();
    }

    private void trailer() throws Fault, IOException {
        long index = at;
        at += 32 + entries.getLast()[1];
        byte[] trailer = take(24, "the trailer");
        Fault.unless(hex(trailer, 8).equals(TRAILER), "no trailer behind the index");
        Fault.unless(
                view(trailer).getInt(20) == crc(trailer, 20), "the trailer's checksum is wrong");
        Fault.unless(view(trailer).getLong(8) == index, "the trailer names another index");
        Fault.unless(view(trailer).getInt(16) == entries.size(), "the trailer has other chunks");
        Fault.unless(size == at + 24, "something follows the trailer");
    }

    private byte[] take(int length, String what) throws Fault, IOException {
        Fault.unless(length <= size - at, "the file ends within " + what);
        byte[] octets = new byte[length];
        ByteBuffer rest = ByteBuffer.wrap(octets);
        while (rest.hasRemaining()) {
            Fault.unless(
                    file.read(rest, at + rest.position()) > 0, "the file was cut off meanwhile");
        }
        return octets;
    }

    private static ByteBuffer view(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String hex(byte[] octets, int length) {
        return HexFormat.of().formatHex(octets, 0, length);
    }

    private static int crc(byte[] octets, int length) {
        CRC32C sum = new CRC32C();
        sum.update(octets, 0, length);
        return (int) sum.getValue();
    }
}
