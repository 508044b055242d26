package dev.vls.machine.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Restores from a state that somebody else wrote, whom nobody trusts: all lengths and checksums are
 * looked at before any field, all lengths again before anything is allocated.
 */
public final class StateReader implements StateSections {
    private record Section(String name, int start, int end) {}

    private final List<Section> sections = new ArrayList<>();
    private final ByteBuffer in;
    private final Fields fields = new Fields();
    private int next;
    private String section = "";

    /**
     * Reads where sections lie.
     *
     * @param state not changed as long as it is read
     * @throws StateFormatException if it is none, is damaged, or of another version
     */
    public StateReader(byte[] state) {
        in = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
        if (state.length < StateFormat.PREAMBLE_BYTES
                || !in.slice(0, 8).equals(ByteBuffer.wrap(StateFormat.MAGIC))) {
            throw new StateFormatException("not the state of a machine");
        }
        int version = in.getInt(8);
        if (version != StateFormat.VERSION) {
            throw new StateFormatException(
                    "a machine's state of version %s; this vls reads version %d"
                            .formatted(Integer.toUnsignedString(version), StateFormat.VERSION));
        }
        if (in.getInt(16) != checksum(0, 16)) {
            throw new StateFormatException("machine state: its first bytes are damaged");
        }
        int count = in.getInt(12);
        if (count < 0 || count > StateFormat.SECTIONS_MAX) {
            throw new StateFormatException("machine state: %d sections".formatted(count));
        }
        int at = StateFormat.PREAMBLE_BYTES;
        for (int i = 0; i < count; i++) {
            at = readSection(at);
        }
        if (at != state.length) {
            throw new StateFormatException(
                    "machine state: %d bytes behind its end".formatted(state.length - at));
        }
    }

    private int readSection(int at) {
        int fieldsAt = at + 1 + (at < in.limit() ? in.get(at) & 0xFF : 0);
        int start = fieldsAt + StateFormat.SECTION_FIELDS_BYTES;
        if (start > in.limit()) {
            throw new StateFormatException("machine state: ends within section " + sections.size());
        }
        byte[] name = new byte[fieldsAt - at - 1];
        in.get(at + 1, name);
        String text = new String(name, StandardCharsets.US_ASCII);
        long length = in.getLong(fieldsAt);
        if (length < 0 || length > in.limit() - start) {
            throw new StateFormatException(
                    "machine state: ends within section %d".formatted(sections.size()));
        }
        int end = start + (int) length;
        CRC32C crc = new CRC32C();
        crc.update(in.slice(at, fieldsAt + Long.BYTES - at));
        crc.update(in.slice(start, end - start));
        if ((int) crc.getValue() != in.getInt(fieldsAt + Long.BYTES)) {
            throw new StateFormatException(
                    "machine state: section %d is damaged".formatted(sections.size()));
        }
        sections.add(new Section(text, start, end));
        return end;
    }

    private int checksum(int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(in.slice(from, to - from));
        return (int) crc.getValue();
    }

    @Override
    public boolean restores() {
        return true;
    }

    @Override
    public void section(String name, Consumer<StateFields> content) {
        if (next == sections.size()) {
            throw new StateFormatException("machine state: no section " + name);
        }
        Section found = sections.get(next);
        if (!found.name.equals(name)) {
            throw new StateFormatException(
                    "machine state: no section %s where it belongs".formatted(name));
        }
        next++;
        section = name;
        in.limit(in.capacity()).position(found.start).limit(found.end);
        content.accept(fields);
        if (in.hasRemaining()) {
            throw new StateFormatException(
                    "machine state: section %s has %d bytes too many"
                            .formatted(name, in.remaining()));
        }
    }

    /**
     * All sections have been gone through.
     *
     * @throws StateFormatException if there are more
     */
    public void end() {
        if (next != sections.size()) {
            throw new StateFormatException("machine state: it has sections of nothing");
        }
    }

    private final class Fields implements StateFields {
        @Override
        public boolean restores() {
            return true;
        }

        private ByteBuffer room(String name, long bytes) {
            if (in.remaining() < bytes) {
                throw refusal(name, "the section ends before it");
            }
            return in;
        }

        @Override
        public boolean flag(String name, boolean value) {
            byte flag = room(name, 1).get();
            if (flag != 0 && flag != 1) {
                throw refusal(name, "neither 0 nor 1");
            }
            return flag == 1;
        }

        @Override
        public int int32(String name, int value) {
            return room(name, Integer.BYTES).getInt();
        }

        @Override
        public long int64(String name, long value) {
            return room(name, Long.BYTES).getLong();
        }

        @Override
        public void flags(String name, boolean[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] = flag(name, values[i]);
            }
        }

        @Override
        public void bytes(String name, byte[] values) {
            room(name, values.length).get(values);
        }

        @Override
        public void shorts(String name, short[] values) {
            room(name, (long) values.length * Short.BYTES).asShortBuffer().get(values);
            in.position(in.position() + values.length * Short.BYTES);
        }

        @Override
        public void ints(String name, int[] values) {
            room(name, (long) values.length * Integer.BYTES).asIntBuffer().get(values);
            in.position(in.position() + values.length * Integer.BYTES);
        }

        @Override
        public void longs(String name, long[] values) {
            room(name, (long) values.length * Long.BYTES).asLongBuffer().get(values);
            in.position(in.position() + values.length * Long.BYTES);
        }

        @Override
        public byte[] blob(String name, byte[] value, int lengthMax) {
            int length = int32(name, 0, 0, lengthMax);
            room(name, length);
            byte[] bytes = new byte[length];
            in.get(bytes);
            return bytes;
        }

        @Override
        public @Nullable String optionalText(String name, @Nullable String value, int lengthMax) {
            if (!flag(name, false)) {
                return null;
            }
            byte[] bytes = blob(name, new byte[0], lengthMax);
            try {
                CharBuffer text =
                        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return text.toString();
            } catch (CharacterCodingException e) {
                throw refusal(name, "not UTF-8");
            }
        }

        @Override
        public StateFormatException refusal(String name, String why) {
            // What is said may have been read from the state.
            return new StateFormatException(
                    "machine state: section %s: %s: %s"
                            .formatted(section, name, why.replaceAll("\\p{Cntrl}", "?")));
        }
    }
}
