package dev.vls.control.trace;

import dev.vls.trace.TraceEvent;

/** What is in a trace as text for a terminal, which it cannot command. */
public final class Printable {
    private Printable() {}

    /** The text with what is not printable replaced. */
    public static String of(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u0080-\\u009f\\u2028\\u2029]", "?");
    }

    /**
     * One line.
     *
     * @param number of the event
     */
    public static String of(long number, TraceEvent event) {
        String payload =
                switch (event) {
                    case TraceEvent.Clock clock -> clock.nanoseconds() + " ns";
                    case TraceEvent.ConsoleIn console -> console.data().toHex();
                    case TraceEvent.NetRx net ->
                            "device "
                                    + net.device()
                                    + offload(net.offload())
                                    + ", frame "
                                    + net.frame().toHex();
                    case TraceEvent.BlockDone block ->
                            "device %d, request %s, status %d%s"
                                    .formatted(
                                            block.device(),
                                            Long.toUnsignedString(block.request()),
                                            block.status(),
                                            block.data() == null
                                                    ? ""
                                                    : ", data " + block.data().toHex());
                    case TraceEvent.Control control ->
                            of(control.command() + " " + control.argument()).strip();
                    case TraceEvent.Link link ->
                            "device %d, carrier %s"
                                    .formatted(link.device(), link.carrier() ? "there" : "lost");
                    case TraceEvent.End end -> of(end.reason()) + digest("", end.digest().toHex());
                    case TraceEvent.Digest digest ->
                            (digest("outputs ", digest.outputs().toHex())
                                            + digest("vcpus ", digest.vcpus().toHex())
                                            + digest("memory ", digest.memory().toHex()))
                                    .strip();
                };
        return "%d vcpu %d icount %d %s %s"
                .formatted(number, event.vcpu(), event.instructionCount(), event.kind(), payload)
                .strip();
    }

    private static String offload(TraceEvent.Offload offload) {
        if (offload.gsoType() != 0) {
            return ", GSO type %d size %d".formatted(offload.gsoType(), offload.gsoSize());
        }
        return switch (offload.checksum()) {
            case NONE -> "";
            case VALIDATED -> ", checksum validated";
            case BLANK -> ", checksum blank";
        };
    }

    private static String digest(String name, String hex) {
        return hex.isEmpty() ? "" : " " + name + hex;
    }
}
