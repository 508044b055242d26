package dev.vls.replay.locate;

import dev.vls.machine.Machine;
import dev.vls.machine.cpu.Disassembler;
import dev.vls.machine.host.events.EventLog;
import dev.vls.machine.host.events.VerboseEvents;
import dev.vls.machine.hypervisor.Vcpu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** The last instructions that were executed one by one, and the events of the last of them. */
final class StepTrail {
    private static final int BEFORE = 8;
    private static final int AFTER = 4;
    private static final int INSTRUCTION_BYTES = 15;
    private static final int EVENTS_MAX = 32;

    private final Deque<String> executed = new ArrayDeque<>();
    private final List<String> following = new ArrayList<>();
    private final List<String> firstEvents = new ArrayList<>();
    private final List<String> secondEvents = new ArrayList<>();
    private final Disassembler disassembler = new Disassembler();
    private final byte[] code = new byte[(AFTER + 1) * INSTRUCTION_BYTES];

    StepTrail(Machine first, Machine second) {
        first.observe(listener(firstEvents));
        second.observe(listener(secondEvents));
    }

    private static VerboseEvents listener(List<String> lines) {
        return new VerboseEvents(
                List.of(
                        new EventLog(
                                line -> {
                                    if (lines.size() < EVENTS_MAX) {
                                        lines.add(line);
                                    }
                                })));
    }

    /** The vCPU is about to execute an instruction of the first run. */
    void beforeStep(Vcpu vcpu) {
        firstEvents.clear();
        secondEvents.clear();
        following.clear();
        int read = vcpu.guest.peek(vcpu.cpu.rip(), code);
        int at = 0;
        for (int i = 0; i <= AFTER; i++) {
            Disassembler.Line line = disassembler.at(code, at, vcpu.cpu.rip() + at);
            boolean known = at + line.length() <= read;
            String text = line(vcpu, vcpu.cpu.rip() + at, known ? line.text() : "?");
            if (i == 0) {
                executed.addLast(text);
            } else if (known) {
                following.add(text);
            }
            at += known ? line.length() : 0;
        }
        if (executed.size() > BEFORE + 1) {
            executed.removeFirst();
        }
    }

    private static String line(Vcpu vcpu, long rip, String text) {
        return String.format(
                Locale.ROOT,
                "vcpu%d %s %016x  %s",
                vcpu.id,
                vcpu.kernelMode ? "k" : "u",
                rip,
                text);
    }

    /** What was executed, an arrow before the last; then what follows it in memory. */
    List<String> code() {
        List<String> lines = new ArrayList<>();
        for (String line : executed) {
            lines.add("   " + line);
        }
        if (!lines.isEmpty()) {
            lines.set(lines.size() - 1, "=> " + lines.getLast().strip());
        }
        following.forEach(line -> lines.add("   " + line));
        return lines;
    }

    List<String> firstEvents() {
        return List.copyOf(firstEvents);
    }

    List<String> secondEvents() {
        return List.copyOf(secondEvents);
    }
}
