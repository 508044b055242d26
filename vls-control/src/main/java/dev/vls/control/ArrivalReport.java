package dev.vls.control;

import dev.vls.replay.GuestDescription;
import java.util.Locale;
import java.util.function.Consumer;

/** Says how far a guest has come that is sent here. One thread. */
final class ArrivalReport {
    private static final long EVERY_NANOS = 2_000_000_000;

    private final Consumer<String> report;
    private final long startNanos;
    private long saidNanos;
    private long pages;

    /**
     * @param report takes lines
     */
    ArrivalReport(String domain, GuestDescription guest, Consumer<String> report) {
        this.report = report;
        this.startNanos = System.nanoTime();
        this.saidNanos = startNanos;
        report.accept(
                "is sent guest %s, which has %d MiB of memory"
                        .formatted(domain, guest.memoryBytes() >> 20));
    }

    /** So many pages more are here. */
    void arrived(int more) {
        pages += more;
        long now = System.nanoTime();
        if (now - saidNanos >= EVERY_NANOS) {
            saidNanos = now;
            report.accept(
                    "%d pages have come in %d s"
                            .formatted(pages, (now - startNanos) / 1_000_000_000));
        }
    }

    /** The guest is replayed from now on. */
    void complete() {
        report.accept(
                String.format(
                        Locale.ROOT,
                        "follows the guest, of which %d pages have come in %.1f s",
                        pages,
                        (System.nanoTime() - startNanos) / 1e9));
    }
}
