package dev.vls.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.machine.host.TranslationThread;
import dev.vls.replay.CheckpointTotals;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The figures of {@code --stats}, as {@code docs/cli.md} describes them.
 *
 * @param translations what compiled the guest's code, if anything did
 * @param inputs count by kind
 * @param logBytes of the trace, 0 if there is none
 * @param checkpoints that were taken, and what they cost
 * @param outputs runs of bytes that the guest handed over at once, and frames
 * @param digest of the final state
 * @param exit how the guest ended
 */
record RunStatistics(
        long instructions,
        long translatedInstructions,
        TranslationThread translations,
        double wallSeconds,
        Map<String, Long> inputs,
        long logBytes,
        CheckpointTotals checkpoints,
        long outputs,
        String digest,
        String exit) {

    /**
     * Writes the file: one JSON object.
     *
     * @throws CommandException if it cannot be written
     */
    void write(String file) {
        try (BufferedWriter writer =
                        Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8);
                JsonGenerator json = new JsonFactory().createGenerator(writer)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("instructions", instructions);
            json.writeNumberField("translated_instructions", translatedInstructions);
            json.writeObjectFieldStart("translator");
            TranslatorStatistics.write(json, translations);
            json.writeEndObject();
            json.writeObjectFieldStart("jvm");
            JvmStatistics.write(json);
            json.writeEndObject();
            json.writeNumberField("wall_seconds", wallSeconds);
            json.writeNumberField("mips", instructions / wallSeconds / 1e6);
            json.writeObjectFieldStart("inputs");
            for (Map.Entry<String, Long> count : inputs.entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("log_bytes", logBytes);
            json.writeObjectFieldStart("checkpoints");
            json.writeNumberField("count", checkpoints.count());
            json.writeNumberField("pages", checkpoints.pages());
            json.writeNumberField("pause_seconds", checkpoints.pauseNanoseconds() / 1e9);
            json.writeNumberField("pause_seconds_max", checkpoints.pauseNanosecondsMax() / 1e9);
            json.writeEndObject();
            json.writeNumberField("outputs", outputs);
            json.writeStringField("digest", digest);
            json.writeStringField("exit", exit);
            json.writeEndObject();
            json.writeRaw(System.lineSeparator());
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--stats %s: cannot be written (%s): choose another file"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
