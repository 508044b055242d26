package dev.vls.machine.fuzz;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run found; shared by its threads. */
final class FuzzReport {
    private final Map<CaseGenerator.Kind, Long> executed = new EnumMap<>(CaseGenerator.Kind.class);
    private final Map<String, Long> differences = new TreeMap<>();
    private final List<String> details = new ArrayList<>();
    private final Map<VendorDifference, Long> tolerated = new EnumMap<>(VendorDifference.class);
    private long lostCases;

    synchronized void executed(CaseGenerator.Kind kind, int cases) {
        executed.merge(kind, (long) cases, Long::sum);
    }

    /** Counts a case that the host's vendor decides otherwise by definition. */
    synchronized void tolerated(VendorDifference difference) {
        tolerated.merge(difference, 1L, Long::sum);
    }

    /** Counts a difference; whether it is among the first of its group, to be reported in full. */
    synchronized boolean wanted(String group, int limit) {
        return differences.merge(group, 1L, Long::sum) <= limit;
    }

    synchronized void difference(
            long batch, int index, String group, CaseSlot slot, List<String> lines) {
        StringBuilder text = new StringBuilder();
        text.append("batch %d case %d: %s%n".formatted(batch, index, group));
        text.append("    at %x: %s%n".formatted(slot.codeAddress(), bytes(slot)));
        text.append("    %s%n".formatted(Disassembly.of(slot.code(), slot.codeAddress())));
        for (String line : lines) {
            text.append("    ").append(line).append('\n');
        }
        details.add(text.toString());
    }

    private static String bytes(CaseSlot slot) {
        return HexFormat.ofDelimiter(" ").formatHex(slot.code());
    }

    /** A case killed the oracle, and those behind it in the batch did not run. */
    synchronized void lost(long batch, int index, int cases, CaseSlot slot) {
        lostCases += cases;
        details.add(
                "batch %d case %d killed the oracle: %s%n".formatted(batch, index, bytes(slot)));
        differences.merge("killed the oracle", 1L, Long::sum);
    }

    synchronized void failed(RuntimeException e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        differences.merge("failure of the fuzzer", 1L, Long::sum);
        details.add(trace.toString());
    }

    synchronized long executedCases() {
        return executed.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Cases that differ, as the host's vendor has it. */
    synchronized long toleratedCases() {
        return tolerated.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized long differenceCount() {
        return differences.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized String text() {
        StringBuilder text = new StringBuilder();
        details.forEach(detail -> text.append(detail).append('\n'));
        differences.forEach((group, count) -> text.append("%8d  %s%n".formatted(count, group)));
        text.append(summary()).append('\n');
        return text.toString();
    }

    synchronized String summary() {
        return "executed %s, lost %d, differences of vendors %s, differences %d"
                .formatted(executed, lostCases, tolerated, differenceCount());
    }
}
