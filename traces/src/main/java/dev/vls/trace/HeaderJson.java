package dev.vls.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.trace.TraceHeader.Clock;
import dev.vls.trace.TraceHeader.Device;
import dev.vls.trace.TraceHeader.GuestFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The header as JSON. */
final class HeaderJson {
    private HeaderJson() {}

    static byte[] encode(TraceHeader header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            write(json, header);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes the members into an object that is open. */
    static void write(JsonGenerator json, TraceHeader header) throws IOException {
        json.writeStringField("tool", header.tool());
        json.writeStringField("start", header.start());
        writeFile(json, "kernel", header.kernel());
        writeFile(json, "ramdisk", header.ramdisk());
        json.writeArrayFieldStart("disks");
        for (GuestFile disk : header.disks()) {
            writeFile(json, null, disk);
        }
        json.writeEndArray();
        json.writeStringField("cmdline", header.cmdline());
        json.writeNumberField("memory_bytes", header.memoryBytes());
        json.writeNumberField("vcpus", header.vcpus());
        json.writeStringField("cpuid", header.cpuid());
        json.writeObjectFieldStart("clock");
        json.writeStringField("source", header.clock().source());
        json.writeNumberField("shift", header.clock().shift());
        json.writeNumberField("wall_nanoseconds", header.clock().wallNanoseconds());
        json.writeNumberField("seed", header.clock().seed());
        json.writeEndObject();
        json.writeArrayFieldStart("devices");
        for (Device device : header.devices()) {
            json.writeStartObject();
            json.writeStringField("type", device.type());
            json.writeStringField("name", device.name());
            json.writeObjectFieldStart("settings");
            for (Map.Entry<String, String> setting : device.settings().entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("digest", TraceHeader.DIGEST);
        if (header.checkpointsOf() != null) {
            json.writeStringField("checkpoints_of", header.checkpointsOf());
        }
    }

    private static void writeFile(
            JsonGenerator json, @Nullable String member, @Nullable GuestFile file)
            throws IOException {
        if (file == null) {
            return;
        }
        if (member != null) {
            json.writeFieldName(member);
        }
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeNumberField("size", file.size());
        json.writeStringField("sha256", file.sha256());
        if (file.attachment() != null) {
            json.writeStringField("attachment", file.attachment());
        }
        json.writeEndObject();
    }

    /**
     * Reads a header.
     *
     * @param offset where its chunk begins
     * @throws TraceFormatException if it is not JSON, or lacks a member, or has one too many
     */
    static TraceHeader decode(byte[] content, long offset) {
        JsonMembers json = JsonMembers.parse(content, offset);
        try {
            if (!json.text("digest").equals(TraceHeader.DIGEST)) {
                throw json.malformed("digest is not sha256");
            }
            TraceHeader header =
                    new TraceHeader(
                            json.text("tool"),
                            json.text("start"),
                            file(json.optionalObject("kernel")),
                            file(json.optionalObject("ramdisk")),
                            files(json.objects("disks")),
                            json.text("cmdline"),
                            json.number("memory_bytes"),
                            json.integer("vcpus"),
                            json.text("cpuid"),
                            clock(json.object("clock")),
                            devices(json.objects("devices")),
                            json.optionalText("checkpoints_of"));
            json.end();
            return header;
        } catch (IllegalArgumentException e) {
            throw json.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable GuestFile file(@Nullable JsonMembers json) {
        if (json == null) {
            return null;
        }
        GuestFile file =
                new GuestFile(
                        json.text("name"),
                        json.number("size"),
                        json.text("sha256"),
                        json.optionalText("attachment"));
        json.end();
        return file;
    }

    private static List<GuestFile> files(List<JsonMembers> objects) {
        List<GuestFile> files = new ArrayList<>();
        for (JsonMembers object : objects) {
            GuestFile file = file(object);
            if (file != null) {
                files.add(file);
            }
        }
        return files;
    }

    private static Clock clock(JsonMembers json) {
        Clock clock =
                new Clock(
                        json.text("source"),
                        json.integer("shift"),
                        json.number("wall_nanoseconds"),
                        json.number("seed"));
        json.end();
        return clock;
    }

    private static List<Device> devices(List<JsonMembers> objects) {
        List<Device> devices = new ArrayList<>();
        for (JsonMembers object : objects) {
            Map<String, String> settings = new TreeMap<>();
            JsonMembers members = object.object("settings");
            for (String name : members.names()) {
                settings.put(name, members.text(name));
            }
            devices.add(new Device(object.text("type"), object.text("name"), settings));
            object.end();
        }
        return devices;
    }
}
