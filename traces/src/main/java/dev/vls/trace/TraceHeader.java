package dev.vls.trace;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run was started from: the first chunk of a trace. Its members are those of
 * docs/spec/trace-format.md.
 *
 * @param tool program and version that recorded
 * @param start {@code boot} or {@code snapshot}
 * @param cpuid the CPUID policy, as {@code --cpuid} reads it
 * @param checkpointsOf of a file with checkpoints only, which a replay has made: the {@link
 *     TraceReader#fingerprint} of the replayed trace, 64 lower-case hexadecimal digits; else null
 */
public record TraceHeader(
        String tool,
        String start,
        @Nullable GuestFile kernel,
        @Nullable GuestFile ramdisk,
        List<GuestFile> disks,
        String cmdline,
        long memoryBytes,
        int vcpus,
        String cpuid,
        Clock clock,
        List<Device> devices,
        @Nullable String checkpointsOf) {

    /** {@link #start}: the kernel boots. */
    public static final String BOOT = "boot";

    /** {@link #start}: the first checkpoint is restored. */
    public static final String SNAPSHOT = "snapshot";

    /** The algorithm of all digests. */
    public static final String DIGEST = "sha256";

    /** Most disks, and most devices. */
    static final int LIST_MAX = 1024;

    /**
     * Checks the members.
     *
     * @throws IllegalArgumentException if a member is not what the format allows
     */
    public TraceHeader {
        check(start.equals(BOOT) || start.equals(SNAPSHOT), "start is neither boot nor snapshot");
        check(kernel != null || start.equals(SNAPSHOT), "kernel is missing");
        check(memoryBytes > 0, "memory_bytes is not above 0");
        check(vcpus >= 1 && vcpus <= TraceFormat.VCPUS_MAX, "vcpus is not 1 to 512");
        check(disks.size() <= LIST_MAX && devices.size() <= LIST_MAX, "more than 1024 devices");
        check(
                checkpointsOf == null || checkpointsOf.matches("[0-9a-f]{64}"),
                "checkpoints_of is not 64 hexadecimal digits");
        disks = List.copyOf(disks);
        devices = List.copyOf(devices);
    }

    /**
     * The header of a run.
     *
     * @throws IllegalArgumentException if a member is not what the format allows
     */
    public TraceHeader(
            String tool,
            String start,
            @Nullable GuestFile kernel,
            @Nullable GuestFile ramdisk,
            List<GuestFile> disks,
            String cmdline,
            long memoryBytes,
            int vcpus,
            String cpuid,
            Clock clock,
            List<Device> devices) {
        this(
                tool,
                start,
                kernel,
                ramdisk,
                disks,
                cmdline,
                memoryBytes,
                vcpus,
                cpuid,
                clock,
                devices,
                null);
    }

    /** The same guest, where a machine that runs already is recorded. */
    public TraceHeader ofRunning() {
        return with(SNAPSHOT, checkpointsOf);
    }

    /** The header of a file with checkpoints of the run that this one describes. */
    public TraceHeader ofCheckpoints(String fingerprint) {
        return with(start, fingerprint);
    }

    private TraceHeader with(String newStart, @Nullable String newCheckpointsOf) {
        return new TraceHeader(
                tool,
                newStart,
                kernel,
                ramdisk,
                disks,
                cmdline,
                memoryBytes,
                vcpus,
                cpuid,
                clock,
                devices,
                newCheckpointsOf);
    }

    /**
     * A file that the guest was started with.
     *
     * @param size in bytes
     * @param sha256 64 lower-case hexadecimal digits
     * @param attachment the attachment that holds it, if it is packed
     */
    public record GuestFile(String name, long size, String sha256, @Nullable String attachment) {
        /**
         * Checks the members.
         *
         * @throws IllegalArgumentException if a member is not what the format allows
         */
        public GuestFile {
            check(size >= 0, "size is negative");
            check(sha256.matches("[0-9a-f]{64}"), "sha256 is not 64 hexadecimal digits");
        }
    }

    /**
     * Where time comes from.
     *
     * @param source {@code host} or {@code virtual}
     * @param shift a step takes 2⁻ˢʰⁱᶠᵗ ns
     * @param wallNanoseconds the wall clock at the start, since 1970
     * @param seed what varies virtual time
     */
    public record Clock(String source, int shift, long wallNanoseconds, long seed) {
        /**
         * Checks the members.
         *
         * @throws IllegalArgumentException if a member is not what the format allows
         */
        public Clock {
            check(
                    source.equals("host") || source.equals("virtual"),
                    "source is neither host nor virtual");
            check(shift >= 0 && shift <= 63, "shift is not 0 to 63");
        }
    }

    /** A device and its settings, whose names are the machine's. */
    public record Device(String type, String name, Map<String, String> settings) {
        public Device {
            settings = Collections.unmodifiableMap(new TreeMap<>(settings));
        }
    }

    /** The JSON of docs/spec/trace-format.md, in UTF-8. */
    public byte[] toJson() {
        return HeaderJson.encode(this);
    }

    /**
     * Reads what {@link #toJson} gives.
     *
     * @throws TraceFormatException if it is something else
     */
    public static TraceHeader ofJson(byte[] json) {
        return HeaderJson.decode(json, 0);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
