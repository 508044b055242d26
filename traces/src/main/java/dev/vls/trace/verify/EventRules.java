package dev.vls.trace.verify;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Section "EVENTS", over all such chunks of a trace. */
final class EventRules {
    private static final String[] KINDS = {
        "", "CLOCK", "CONSOLE_IN", "NET_RX", "BLOCK_DONE", "CONTROL", "LINK", "END", "DIGEST"
    };
    private static final long SIGNED = Long.MAX_VALUE;
    private static final int MEBIBYTE = 1_048_576;

    private final long[] last;
    private final Map<String, Long> totals = new TreeMap<>();
    private long events;
    private boolean over;

    EventRules(int vcpus) {
        last = new long[vcpus];
    }

    long events() {
        return events;
    }

    Map<String, Long> totals() {
        return totals;
    }

    /** Returns how many events the chunk has. */
    long chunk(Payload payload) throws Fault {
        Fault.unless(payload.unsigned() == events, "events are not numbered without gaps");
        Fault.unless(payload.unsigned() == last.length, "vCPUs differ from the header's");
        long[] named = new long[last.length];
        for (int vcpu = 0; vcpu < named.length; vcpu++) {
            named[vcpu] = payload.unsigned();
        }
        Fault.unless(Arrays.equals(named, last), "the counts at the chunk's start are others");
        long inChunk = payload.upTo(4L * MEBIBYTE, "the number of events");
        Fault.unless(inChunk > 0, "no events in the chunk");
        for (long i = 0; i < inChunk; i++) {
            record(payload);
        }
        payload.finish();
        return inChunk;
    }

    private void record(Payload payload) throws Fault {
        Fault.unless(!over, "an event behind END");
        int tag = payload.octet();
        long vcpu = tag / 16;
        if (vcpu == 15) {
            vcpu += payload.upTo(512, "the vCPU");
        }
        Fault.unless(vcpu < last.length, "a vCPU that the guest does not have");
        long forward = payload.upTo(SIGNED, "a difference of counts");
        int index = (int) vcpu;
        last[index] += forward;
        Fault.unless(last[index] >= 0, "a count past 63 bits");
        int kind = tag % 16;
        Fault.unless(kind >= 1 && kind < KINDS.length, "a kind that version 1 does not have");
        body(kind, payload);
        totals.merge(KINDS[kind], 1L, Long::sum);
        events++;
    }

    private void body(int kind, Payload payload) throws Fault {
        switch (KINDS[kind]) {
            case "CLOCK" -> payload.upTo(SIGNED, "the time");
            case "CONSOLE_IN" -> payload.octets(MEBIBYTE, "data");
            case "NET_RX" -> {
                device(payload);
                if (payload.upTo(3, "the offload") == 3) {
                    long type = payload.upTo(255, "the GSO type");
                    long size = payload.upTo(65_535, "the GSO size");
                    Fault.unless(type > 0 && size > 0, "a GSO type or size of 0");
                }
                payload.octets(MEBIBYTE, "a frame");
            }
            case "BLOCK_DONE" -> {
                device(payload);
                payload.unsigned();
                payload.upTo(0xffff_ffffL, "the status");
                if (payload.upTo(1, "whether there is data") != 0) {
                    payload.octets(MEBIBYTE, "data");
                }
            }
            case "CONTROL" -> {
                payload.text(65_536, "the command");
                payload.text(65_536, "the argument");
            }
            case "LINK" -> {
                device(payload);
                payload.upTo(1, "the carrier");
            }
            case "END" -> {
                payload.text(65_536, "the reason");
                payload.octets(64, "a digest");
                over = true;
            }
            default -> {
                for (int i = 0; i < 3; i++) {
                    payload.octets(64, "a digest");
                }
            }
        }
    }

    private static void device(Payload payload) throws Fault {
        payload.upTo(Integer.MAX_VALUE, "the device");
    }
}
