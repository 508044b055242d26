package dev.vls.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what is in a trace as JSON, one object a line. Bytes are hexadecimal. */
public final class TraceJson implements Closeable {
    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder().rootValueSeparator("").build();

    private final JsonGenerator json;

    /**
     * Writes to a stream.
     *
     * @param out not closed with this
     */
    public TraceJson(Writer out) throws IOException {
        json = FACTORY.createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    /** All of a trace: a line for the header, for each event, attachment and checkpoint. */
    public void export(TraceReader trace) throws IOException {
        json.writeStartObject();
        json.writeStringField("line", "header");
        json.writeNumberField("format", TraceFormat.VERSION);
        HeaderJson.write(json, trace.header());
        endLine();
        EventCursor events = trace.events();
        long number = 0;
        for (TraceEvent event = events.next(); event != null; event = events.next()) {
            json.writeStartObject();
            json.writeStringField("line", "event");
            writeEvent(number++, event);
            endLine();
        }
        for (TraceReader.Attachment attachment : trace.attachments()) {
            json.writeStartObject();
            json.writeStringField("line", "attachment");
            writeAttachment(attachment);
            endLine();
        }
        for (TraceReader.Checkpoint checkpoint : trace.checkpoints()) {
            json.writeStartObject();
            json.writeStringField("line", "checkpoint");
            writeCheckpoint(checkpoint);
            endLine();
        }
    }

    /**
     * One line.
     *
     * @param number of the event
     */
    public void event(long number, TraceEvent event) throws IOException {
        json.writeStartObject();
        writeEvent(number, event);
        endLine();
    }

    /**
     * The header, and what there is, in one object.
     *
     * @param name of the file
     */
    public void info(String name, TraceReader trace) throws IOException {
        json.writeStartObject();
        json.writeStringField("trace", name);
        json.writeNumberField("format", TraceFormat.VERSION);
        json.writeBooleanField("sealed", trace.incomplete() == null);
        TraceFormatException incomplete = trace.incomplete();
        if (incomplete != null) {
            json.writeStringField("incomplete", incomplete.getMessage());
        }
        json.writeBooleanField("repaired", trace.repaired());
        json.writeNumberField("bytes", trace.size());
        json.writeNumberField("whole_bytes", trace.wholeBytes());
        json.writeNumberField("events", trace.eventCount());
        json.writeObjectFieldStart("chunks");
        for (Map.Entry<ChunkType, TraceReader.ChunkTotal> total : trace.chunkTotals().entrySet()) {
            json.writeObjectFieldStart(total.getKey().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("count", total.getValue().chunks());
            json.writeNumberField("bytes", total.getValue().bytes());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("header");
        HeaderJson.write(json, trace.header());
        json.writeEndObject();
        json.writeArrayFieldStart("attachments");
        for (TraceReader.Attachment attachment : trace.attachments()) {
            json.writeStartObject();
            writeAttachment(attachment);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("checkpoints");
        for (TraceReader.Checkpoint checkpoint : trace.checkpoints()) {
            json.writeStartObject();
            writeCheckpoint(checkpoint);
            json.writeEndObject();
        }
        json.writeEndArray();
        endLine();
    }

    /** What differs, in one object. */
    public void diff(TraceDiff diff) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("same", diff.same());
        json.writeArrayFieldStart("header");
        for (String member : diff.headerMembers()) {
            json.writeString(member);
        }
        json.writeEndArray();
        json.writeNumberField("event", diff.event());
        writeSide("left", diff.event(), diff.left());
        writeSide("right", diff.event(), diff.right());
        endLine();
    }

    private void writeSide(String side, long number, @Nullable TraceEvent event)
            throws IOException {
        if (event != null) {
            json.writeObjectFieldStart(side);
            writeEvent(number, event);
            json.writeEndObject();
        }
    }

    private void endLine() throws IOException {
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void writeEvent(long number, TraceEvent event) throws IOException {
        json.writeNumberField("event", number);
        json.writeNumberField("vcpu", event.vcpu());
        json.writeNumberField("icount", event.instructionCount());
        json.writeStringField("kind", event.kind());
        switch (event) {
            case TraceEvent.Clock clock ->
                    json.writeNumberField("nanoseconds", clock.nanoseconds());
            case TraceEvent.ConsoleIn console ->
                    json.writeStringField("data", console.data().toHex());
            case TraceEvent.NetRx net -> {
                json.writeNumberField("device", net.device());
                json.writeStringField(
                        "checksum", net.offload().checksum().name().toLowerCase(Locale.ROOT));
                if (net.offload().gsoType() != 0) {
                    json.writeNumberField("gso_type", net.offload().gsoType());
                    json.writeNumberField("gso_size", net.offload().gsoSize());
                }
                json.writeStringField("frame", net.frame().toHex());
            }
            case TraceEvent.BlockDone block -> {
                json.writeNumberField("device", block.device());
                json.writeFieldName("request");
                json.writeNumber(Long.toUnsignedString(block.request()));
                json.writeNumberField("status", block.status());
                if (block.data() != null) {
                    json.writeStringField("data", block.data().toHex());
                }
            }
            case TraceEvent.Control control -> {
                json.writeStringField("command", control.command());
                json.writeStringField("argument", control.argument());
            }
            case TraceEvent.Link link -> {
                json.writeNumberField("device", link.device());
                json.writeBooleanField("carrier", link.carrier());
            }
            case TraceEvent.End end -> {
                json.writeStringField("reason", end.reason());
                writeDigest("digest", end.digest());
            }
            case TraceEvent.Digest digest -> {
                writeDigest("outputs", digest.outputs());
                writeDigest("vcpus", digest.vcpus());
                writeDigest("memory", digest.memory());
            }
        }
    }

    private void writeDigest(String name, Bytes digest) throws IOException {
        if (digest.length() > 0) {
            json.writeStringField(name, digest.toHex());
        }
    }

    private void writeAttachment(TraceReader.Attachment attachment) throws IOException {
        json.writeStringField("name", attachment.name());
        json.writeNumberField("size", attachment.size());
        json.writeNumberField("packed_bytes", attachment.packedBytes());
    }

    private void writeCheckpoint(TraceReader.Checkpoint checkpoint) throws IOException {
        json.writeNumberField("number", checkpoint.number());
        json.writeNumberField("events", checkpoint.events());
        json.writeArrayFieldStart("counts");
        for (long count : checkpoint.counts()) {
            json.writeNumber(count);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("sections");
        for (Map.Entry<String, Long> section : checkpoint.sections().entrySet()) {
            json.writeNumberField(section.getKey(), section.getValue());
        }
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
