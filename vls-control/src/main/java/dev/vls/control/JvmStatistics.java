package dev.vls.control;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;

/** The part of {@code --stats} about what the run asked of the JVM. */
final class JvmStatistics {
    private JvmStatistics() {}

    /** Writes the object's fields. */
    static void write(JsonGenerator json) throws IOException {
        // The class space is a part of Metaspace, and counted in it.
        json.writeNumberField("metaspace_bytes_max", peak("Metaspace"));
        json.writeNumberField("code_cache_bytes_max", peak("Code"));
        json.writeNumberField(
                "unloaded_classes",
                ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount());
        json.writeNumberField(
                "jit_seconds",
                ManagementFactory.getCompilationMXBean().getTotalCompilationTime() / 1e3);
        long collections = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            millis += collector.getCollectionTime();
        }
        json.writeNumberField("collections", collections);
        json.writeNumberField("collection_seconds", millis / 1e3);
    }

    /** Bytes: the sum of the peaks of the memory pools whose names begin so. */
    private static long peak(String name) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().startsWith(name))
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
