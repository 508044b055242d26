package dev.vls.machine.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Saves a state into memory. */
public final class StateWriter implements StateSections {
    private static final int INITIAL_BYTES = 1 << 20;

    /** A state is larger than the one before by little. */
    private static final int SPARE_SHARE = 16;

    private byte[] bytes;
    private ByteBuffer out;
    private final Fields fields = new Fields();
    private int sections;
    private String section = "";

    public StateWriter() {
        this(0);
    }

    /**
     * @param expectedBytes of the state, so that there is room for it at once; 0 if nobody knows
     */
    public StateWriter(int expectedBytes) {
        bytes = new byte[Math.max(INITIAL_BYTES, expectedBytes + expectedBytes / SPARE_SHARE)];
        out = littleEndian(bytes);
        out.position(StateFormat.PREAMBLE_BYTES);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The whole state. */
    public byte[] toBytes() {
        out.put(0, StateFormat.MAGIC);
        out.putInt(8, StateFormat.VERSION);
        out.putInt(12, sections);
        out.putInt(16, checksum(0, 16));
        return Arrays.copyOf(bytes, out.position());
    }

    private int checksum(int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    @Override
    public boolean restores() {
        return false;
    }

    @Override
    public void section(String name, Consumer<StateFields> content) {
        byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        if (nameBytes.length < 1
                || nameBytes.length > StateFormat.NAME_MAX
                || sections == StateFormat.SECTIONS_MAX) {
            throw new IllegalArgumentException("section " + name);
        }
        section = name;
        int header = out.position();
        room(1 + nameBytes.length + StateFormat.SECTION_FIELDS_BYTES);
        out.put((byte) nameBytes.length).put(nameBytes);
        int lengthAt = out.position();
        int start = lengthAt + StateFormat.SECTION_FIELDS_BYTES;
        out.position(start);
        content.accept(fields);
        out.putLong(lengthAt, out.position() - start);
        CRC32C crc = new CRC32C();
        crc.update(bytes, header, lengthAt + Long.BYTES - header);
        crc.update(bytes, start, out.position() - start);
        out.putInt(lengthAt + Long.BYTES, (int) crc.getValue());
        sections++;
    }

    private ByteBuffer room(int count) {
        if (out.remaining() < count) {
            int used = out.position();
            long wanted = Math.max(2L * bytes.length, (long) used + count);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
            out = littleEndian(bytes).position(used);
        }
        return out;
    }

    private final class Fields implements StateFields {
        @Override
        public boolean restores() {
            return false;
        }

        @Override
        public boolean flag(String name, boolean value) {
            room(1).put((byte) (value ? 1 : 0));
            return value;
        }

        @Override
        public int int32(String name, int value) {
            room(Integer.BYTES).putInt(value);
            return value;
        }

        @Override
        public long int64(String name, long value) {
            room(Long.BYTES).putLong(value);
            return value;
        }

        @Override
        public void flags(String name, boolean[] values) {
            room(values.length);
            for (boolean value : values) {
                out.put((byte) (value ? 1 : 0));
            }
        }

        @Override
        public void bytes(String name, byte[] values) {
            room(values.length).put(values);
        }

        @Override
        public void shorts(String name, short[] values) {
            room(Math.multiplyExact(values.length, Short.BYTES)).asShortBuffer().put(values);
            out.position(out.position() + values.length * Short.BYTES);
        }

        @Override
        public void ints(String name, int[] values) {
            room(Math.multiplyExact(values.length, Integer.BYTES)).asIntBuffer().put(values);
            out.position(out.position() + values.length * Integer.BYTES);
        }

        @Override
        public void longs(String name, long[] values) {
            room(Math.multiplyExact(values.length, Long.BYTES)).asLongBuffer().put(values);
            out.position(out.position() + values.length * Long.BYTES);
        }

        @Override
        public byte[] blob(String name, byte[] value, int lengthMax) {
            if (value.length > lengthMax) {
                throw refusal(name, value.length + " bytes, more than " + lengthMax);
            }
            room(Integer.BYTES + value.length).putInt(value.length).put(value);
            return value;
        }

        @Override
        public @Nullable String optionalText(String name, @Nullable String value, int lengthMax) {
            flag(name, value != null);
            if (value != null) {
                blob(name, value.getBytes(StandardCharsets.UTF_8), lengthMax);
            }
            return value;
        }

        /** A machine that cannot be saved breaks a rule of its own. */
        @Override
        public StateFormatException refusal(String name, String why) {
            return new StateFormatException(
                    "the machine cannot be saved: %s, %s: %s".formatted(section, name, why));
        }
    }
}
