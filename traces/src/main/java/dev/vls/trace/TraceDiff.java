package dev.vls.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How two traces differ.
 *
 * @param headerMembers the members of the headers that differ, but for the tool
 * @param event the number of the first event that differs; how many there are if none does
 * @param left that event, null if the trace ends before it, or if no event differs
 * @param right the same of the other trace
 */
public record TraceDiff(
        List<String> headerMembers,
        long event,
        @Nullable TraceEvent left,
        @Nullable TraceEvent right) {

    /** Whether nothing differs. */
    public boolean same() {
        return headerMembers.isEmpty() && left == null && right == null;
    }

    /**
     * Compares two traces: headers, and events with their places and digests in their order.
     *
     * @throws TraceFormatException if one of them is damaged
     */
    public static TraceDiff of(TraceReader left, TraceReader right) {
        List<String> members = headerMembers(left.header(), right.header());
        EventCursor leftEvents = left.events();
        EventCursor rightEvents = right.events();
        long number = 0;
        while (true) {
            TraceEvent leftEvent = leftEvents.next();
            TraceEvent rightEvent = rightEvents.next();
            if (leftEvent == null || !leftEvent.equals(rightEvent)) {
                return new TraceDiff(members, number, leftEvent, rightEvent);
            }
            number++;
        }
    }

    private static List<String> headerMembers(TraceHeader a, TraceHeader b) {
        List<String> members = new ArrayList<>();
        compare(members, "start", a.start(), b.start());
        compare(members, "kernel", sha256(a.kernel()), sha256(b.kernel()));
        compare(members, "ramdisk", sha256(a.ramdisk()), sha256(b.ramdisk()));
        compare(
                members,
                "disks",
                a.disks().stream().map(TraceDiff::sha256).toList(),
                b.disks().stream().map(TraceDiff::sha256).toList());
        compare(members, "cmdline", a.cmdline(), b.cmdline());
        compare(members, "memory_bytes", a.memoryBytes(), b.memoryBytes());
        compare(members, "vcpus", a.vcpus(), b.vcpus());
        compare(members, "cpuid", a.cpuid(), b.cpuid());
        compare(members, "clock", a.clock(), b.clock());
        compare(members, "devices", a.devices(), b.devices());
        return members;
    }

    private static @Nullable String sha256(TraceHeader.@Nullable GuestFile file) {
        return file == null ? null : file.sha256();
    }

    private static void compare(
            List<String> members, String name, @Nullable Object a, @Nullable Object b) {
        if (!Objects.equals(a, b)) {
            members.add(name);
        }
    }
}
