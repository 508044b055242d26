package dev.vls.control;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.machine.host.TranslationMonitor;
import dev.vls.machine.host.TranslationThread;
import java.io.IOException;

/** The part of {@code --stats} about the translator. */
final class TranslatorStatistics {
    private TranslatorStatistics() {}

    /** Writes the object's fields. */
    static void write(JsonGenerator json, TranslationThread thread) throws IOException {
        TranslationMonitor monitor = thread.monitor();
        json.writeNumberField("regions", monitor.installed());
        json.writeNumberField("regions_live", monitor.live());
        json.writeNumberField("region_instructions", monitor.instructions());
        json.writeNumberField("invalidated", monitor.invalidated());
        json.writeNumberField("evicted", monitor.evicted());
        json.writeNumberField("stale", monitor.stale());
        json.writeNumberField("postponed", monitor.postponed());
        json.writeNumberField("bytecode_bytes_max", monitor.bytesMax());
        json.writeNumberField("compile_seconds", thread.compileNanos() / 1e9);
        json.writeNumberField("queue_max", thread.mostTasks());
    }
}
