package dev.vls.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.vls.trace.TraceFormatException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A JSON object of which every member must be asked for, and be of the type asked for. */
final class JsonMembers {
    private static final int DEPTH_MAX = 8;
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Map<String, Object> members;
    private final long offset;

    private JsonMembers(Map<String, Object> members, long offset) {
        this.members = members;
        this.offset = offset;
    }

    static JsonMembers parse(byte[] content, long offset) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            try (JsonParser parser = FACTORY.createParser(text)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw malformed(offset, "not an object");
                }
                JsonMembers object = new JsonMembers(readObject(parser, offset, 0), offset);
                if (parser.nextToken() != null) {
                    throw malformed(offset, "something follows the object");
                }
                return object;
            }
        } catch (IOException e) {
            throw new TraceFormatException(
                    Problem.MALFORMED, offset, "the header is not JSON in UTF-8", e);
        }
    }

    private static Map<String, Object> readObject(JsonParser parser, long offset, int depth)
            throws IOException {
        Map<String, Object> members = new TreeMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            members.put(name, readValue(parser, parser.nextToken(), offset, depth + 1));
        }
        return members;
    }

    private static Object readValue(JsonParser parser, JsonToken token, long offset, int depth)
            throws IOException {
        if (depth > DEPTH_MAX) {
            throw malformed(offset, "too deeply nested");
        }
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case START_OBJECT -> new JsonMembers(readObject(parser, offset, depth), offset);
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                JsonToken next = parser.nextToken();
                while (next != JsonToken.END_ARRAY) {
                    elements.add(readValue(parser, next, offset, depth + 1));
                    next = parser.nextToken();
                }
                yield elements;
            }
            default -> throw malformed(offset, "neither string, integer, object nor list");
        };
    }

    /** Those not asked for yet; a copy. */
    List<String> names() {
        return new ArrayList<>(members.keySet());
    }

    String text(String name) {
        return required(name, optionalText(name));
    }

    @Nullable String optionalText(String name) {
        return optional(name, String.class);
    }

    long number(String name) {
        return required(name, optional(name, Long.class));
    }

    int integer(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw malformed(name + " is too large");
        }
        return (int) number;
    }

    JsonMembers object(String name) {
        return required(name, optionalObject(name));
    }

    @Nullable JsonMembers optionalObject(String name) {
        return optional(name, JsonMembers.class);
    }

    List<JsonMembers> objects(String name) {
        List<JsonMembers> objects = new ArrayList<>();
        for (Object element : required(name, optional(name, List.class))) {
            if (!(element instanceof JsonMembers object)) {
                throw malformed(name + " is not a list of objects");
            }
            objects.add(object);
        }
        return objects;
    }

    /**
     * @throws TraceFormatException if a member was not asked for: this version does not have it
     */
    void end() {
        if (!members.isEmpty()) {
            throw new TraceFormatException(
                    Problem.UNKNOWN,
                    offset,
                    "the header has a member that is not known: " + names().getFirst());
        }
    }

    TraceFormatException malformed(String what) {
        return malformed(offset, what);
    }

    private <T> @Nullable T optional(String name, Class<T> type) {
        Object value = members.remove(name);
        if (value != null && !type.isInstance(value)) {
            throw malformed(name + " is of the wrong type");
        }
        return type.cast(value);
    }

    private <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw malformed(name + " is missing");
        }
        return value;
    }

    private static TraceFormatException malformed(long offset, String what) {
        return new TraceFormatException(Problem.MALFORMED, offset, "the header: " + what);
    }
}
