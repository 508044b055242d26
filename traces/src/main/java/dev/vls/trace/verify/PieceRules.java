package dev.vls.trace.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/** Sections "ATTACHMENT" and "SECTION and CHECKPOINT". */
final class PieceRules {
    private static final long SIGNED = Long.MAX_VALUE;
    private static final int PARTS_MAX = 1024;

    private final int vcpus;
    private final boolean checkpointsOnly;

    /** Size, and the end of what is there. */
    private final Map<String, long[]> attachments = new LinkedHashMap<>();

    private final Map<String, Long> sections = new LinkedHashMap<>();
    private long checkpoint = -1;
    private long checkpoints;
    private long eventsBefore;

    PieceRules(HeaderRules.Checked header) {
        vcpus = header.vcpus();
        checkpointsOnly = header.checkpointsOnly();
    }

    long checkpoints() {
        return checkpoints;
    }

    void attachment(Payload payload) throws Fault {
        Fault.unless(!checkpointsOnly, "an attachment in a file of checkpoints");
        String name = payload.name();
        long size = payload.upTo(SIGNED, "the size");
        long offset = payload.upTo(SIGNED, "the offset");
        long length = payload.left();
        long[] before = attachments.get(name);
        if (before == null) {
            Fault.unless(attachments.size() < PARTS_MAX, "more than 1024 attachments");
            attachments.put(name, new long[] {size, offset + length});
        } else {
            Fault.unless(before[0] == size, "an attachment changes its size");
            Fault.unless(offset >= before[1], "pieces overlap or are out of order");
            Fault.unless(length > 0, "an empty piece");
            before[1] = offset + length;
        }
        Fault.unless(length > 0 || size == 0, "an empty piece");
        Fault.unless(offset <= size && length <= size - offset, "a piece past the end");
    }

    void section(Payload payload) throws Fault {
        long number = payload.upTo(SIGNED, "the checkpoint");
        String name = payload.name();
        long offset = payload.upTo(SIGNED, "the offset");
        long length = payload.left();
        if (number != checkpoint) {
            Fault.unless(number > checkpoint, "checkpoints do not ascend");
            sections.clear();
            checkpoint = number;
        } else {
            Fault.unless(!sections.isEmpty(), "a section of a checkpoint that is complete");
        }
        Fault.unless(offset == sections.getOrDefault(name, 0L), "a gap in a section");
        Fault.unless(length > 0, "an empty piece");
        sections.merge(name, length, Long::sum);
        Fault.unless(sections.size() <= PARTS_MAX, "more than 1024 sections");
    }

    void checkpoint(Payload payload, long events) throws Fault {
        long number = payload.upTo(SIGNED, "the checkpoint");
        Fault.unless(
                number == checkpoint && !sections.isEmpty(), "a checkpoint without its sections");
        long next = payload.upTo(SIGNED, "the number of events before it");
        Fault.unless(
                next >= eventsBefore && (next <= events || checkpointsOnly),
                "events before it do not ascend");
        eventsBefore = next;
        Fault.unless(payload.unsigned() == vcpus, "vCPUs differ from the header's");
        for (int i = 0; i < vcpus; i++) {
            payload.upTo(SIGNED, "a count");
        }
        Fault.unless(payload.unsigned() == sections.size(), "another number of sections");
        for (Map.Entry<String, Long> section : sections.entrySet()) {
            Fault.unless(payload.name().equals(section.getKey()), "another section's name");
            Fault.unless(payload.unsigned() == section.getValue(), "another section's size");
        }
        payload.finish();
        sections.clear();
        checkpoints++;
    }
}
