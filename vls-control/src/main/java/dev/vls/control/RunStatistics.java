package dev.vls.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.machine.Machine;
import dev.vls.machine.StateDigest;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/** Writes the file of {@code --stats}: one JSON object, as {@code docs/cli.md} describes it. */
final class RunStatistics {
    private RunStatistics() {}

    /**
     * Writes the file.
     *
     * @throws CommandException if it cannot be written
     */
    static void write(String file, Machine machine, RunHost host, RunEnd end, double wallSeconds) {
        long instructions = machine.totalSteps();
        String digest = HexFormat.of().formatHex(StateDigest.sha256(machine.domain()));
        try (BufferedWriter writer =
                        Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8);
                JsonGenerator json = new JsonFactory().createGenerator(writer)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("instructions", instructions);
            json.writeNumberField("translated_instructions", machine.translatedSteps());
            json.writeNumberField("wall_seconds", wallSeconds);
            json.writeNumberField("mips", instructions / wallSeconds / 1e6);
            json.writeObjectFieldStart("inputs");
            for (Map.Entry<String, Long> count : host.countedInputs().counts().entrySet()) {
                json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("log_bytes", 0);
            json.writeNumberField("outputs", host.outputCount());
            json.writeStringField("digest", digest);
            json.writeStringField("exit", end.name());
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
