package dev.vls.control.socket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Messages of the control protocol: one JSON object a line. */
final class ControlMessages {
    static final int VERSION = 1;
    static final int REQUEST_BYTES_MAX = 64 * 1024;
    static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int NESTING_MAX = 8;
    private static final int NUMBER_DIGITS_MAX = 32;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(NESTING_MAX)
                                                    .maxNumberLength(NUMBER_DIGITS_MAX)
                                                    .maxStringLength(ANSWER_BYTES_MAX)
                                                    .maxDocumentLength(ANSWER_BYTES_MAX)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private ControlMessages() {}

    /** A request or an answer, with its version. */
    static ObjectNode message() {
        return MAPPER.createObjectNode().put("version", VERSION);
    }

    /** An answer that says why there is none. */
    static ObjectNode refusal(int code, String error) {
        return message().put("ok", false).put("code", code).put("error", error);
    }

    /**
     * Reads a line.
     *
     * @return its bytes without LF; null at the end of the stream, where half a line is none
     * @throws ControlRefusal if it has more than {@code bytesMax} bytes
     */
    static byte @Nullable [] readLine(InputStream source, int bytesMax)
            throws IOException, ControlRefusal {
        byte[] line = new byte[256];
        int length = 0;
        for (int b = source.read(); b >= 0; b = source.read()) {
            if (b == '\n') {
                return Arrays.copyOf(line, length);
            }
            if (length == bytesMax - 1) {
                throw new ControlRefusal(2, "a line of more than " + bytesMax + " bytes");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, Math.min(2 * length, bytesMax));
            }
            line[length++] = (byte) b;
        }
        return null;
    }

    /**
     * Reads a message.
     *
     * @throws ControlRefusal if it is no JSON object, or of another version
     */
    static ObjectNode parse(byte[] line) throws ControlRefusal {
        try {
            if (!(MAPPER.readTree(line) instanceof ObjectNode message)) {
                throw new ControlRefusal(2, "a message is a JSON object");
            }
            JsonNode version = message.path("version");
            if (!version.isInt() || version.intValue() != VERSION) {
                throw new ControlRefusal(
                        2, "a message of another version than " + VERSION + ": use that vls");
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new ControlRefusal(2, "no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("from memory", e);
        }
    }

    static void write(OutputStream target, ObjectNode message) throws IOException {
        byte[] text = MAPPER.writeValueAsBytes(message);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        target.write(line);
        target.flush();
    }
}
