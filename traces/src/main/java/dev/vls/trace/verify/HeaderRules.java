package dev.vls.trace.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Section "HEADER". Members are known by their path: {@code clock.seed}, {@code disks[].name}. */
final class HeaderRules {
    private static final String ANY = ".*";
    private static final String SIGNED = "-?[0-9]+";
    private static final String NATURAL = "0|[1-9][0-9]*";

    /** What the text of a member's value must match; "s" before the pattern: it is a string. */
    private static final Map<String, String> VALUES = values();

    private static final Set<String> OBJECTS =
            Set.of("kernel", "ramdisk", "disks[]", "clock", "devices[]", "devices[].settings");
    private static final Set<String> LISTS = Set.of("disks", "devices");
    private static final String CHECKPOINTS_OF = "checkpoints_of";
    private static final String SETTINGS = "devices[].settings.";

    private final JsonParser json;

    /** Paths of the objects and lists that are there. */
    private final Set<String> seen = new TreeSet<>();

    /** The text of the other values, by path; of those in lists, the last. */
    private final Map<String, String> found = new TreeMap<>();

    private HeaderRules(JsonParser json) {
        this.json = json;
    }

    private static Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        values.put("tool", "s" + ANY);
        values.put("start", "sboot|ssnapshot");
        values.put("cmdline", "s" + ANY);
        values.put("memory_bytes", "[1-9][0-9]*");
        values.put("vcpus", "[1-9][0-9]{0,2}");
        values.put("cpuid", "s" + ANY);
        values.put("digest", "ssha256");
        values.put(CHECKPOINTS_OF, "s[0-9a-f]{64}");
        values.put("clock.source", "shost|svirtual");
        values.put("clock.shift", "[0-9]|[1-5][0-9]|6[0-3]");
        values.put("clock.wall_nanoseconds", SIGNED);
        values.put("clock.seed", SIGNED);
        values.put("devices[].type", "s" + ANY);
        values.put("devices[].name", "s" + ANY);
        for (String file : new String[] {"kernel.", "ramdisk.", "disks[]."}) {
            values.put(file + "name", "s" + ANY);
            values.put(file + "size", NATURAL);
            values.put(file + "sha256", "s[0-9a-f]{64}");
            values.put(file + "attachment", "s" + ANY);
        }
        return values;
    }

    /**
     * What the other chunks are checked against.
     *
     * @param checkpointsOnly whether there are checkpoints of another trace alone
     */
    record Checked(int vcpus, boolean checkpointsOnly) {}

    static Checked check(byte[] payload) throws Fault {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
            JsonFactory factory =
                    JsonFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build();
            try (JsonParser json = factory.createParser(text)) {
                HeaderRules rules = new HeaderRules(json);
                Fault.unless(json.nextToken() == JsonToken.START_OBJECT, "not a JSON object");
                rules.object("");
                Fault.unless(json.nextToken() == null, "something follows the header's object");
                rules.whole();
                int vcpus = Integer.parseInt(rules.found.getOrDefault("vcpus", "0"));
                Fault.unless(vcpus <= 512, "more than 512 vCPUs");
                return new Checked(vcpus, rules.found.containsKey(CHECKPOINTS_OF));
            }
        } catch (IOException e) {
            throw new Fault("the header is not JSON in UTF-8");
        }
    }

    private void whole() throws Fault {
        for (String member : VALUES.keySet()) {
            if (!member.contains(".") && !member.equals(CHECKPOINTS_OF)) {
                Fault.unless(found.containsKey(member), member + " is missing");
            }
        }
        Fault.unless(
                seen.contains("kernel") || "ssnapshot".equals(found.get("start")),
                "kernel is missing");
        for (String member : new String[] {"clock", "disks", "devices"}) {
            Fault.unless(seen.contains(member), member + " is missing");
        }
    }

    private void object(String path) throws Fault, IOException {
        Set<String> members = new TreeSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            members.add(json.currentName());
            json.nextToken();
            value(path + json.currentName());
        }
        for (String known : VALUES.keySet()) {
            if (!path.isEmpty() && known.startsWith(path)) {
                String member = known.substring(path.length());
                Fault.unless(
                        members.contains(member) || member.equals("attachment"),
                        known + " is missing");
            }
        }
        Fault.unless(
                !path.equals("devices[].") || members.contains("settings"), "settings is missing");
    }

    private void value(String path) throws Fault, IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Fault.unless(OBJECTS.contains(path), path + " must not be an object");
            seen.add(path);
            object(path + ".");
        } else if (token == JsonToken.START_ARRAY) {
            Fault.unless(LISTS.contains(path), path + " must not be a list");
            seen.add(path);
            int elements = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                Fault.unless(
                        json.currentToken() == JsonToken.START_OBJECT,
                        path + " is a list of objects");
                value(path + "[]");
                elements++;
            }
            Fault.unless(elements <= 1024, path + " is longer than 1024");
        } else {
            scalar(path, token);
        }
    }

    private void scalar(String path, JsonToken token) throws Fault, IOException {
        if (path.startsWith(SETTINGS)) {
            Fault.unless(token == JsonToken.VALUE_STRING, "a setting must be a string");
            return;
        }
        String pattern = VALUES.get(path);
        Fault.unless(pattern != null, path + " is not known");
        boolean string = token == JsonToken.VALUE_STRING;
        Fault.unless(string || token == JsonToken.VALUE_NUMBER_INT, path + " is of a wrong type");
        String text = string ? "s" + json.getText() : Long.toString(json.getLongValue());
        Fault.unless(text.matches("(?s)" + pattern), path + " is not allowed to be this");
        found.put(path, text);
    }
}
