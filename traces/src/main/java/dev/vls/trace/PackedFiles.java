package dev.vls.trace;

import dev.vls.trace.TraceHeader.GuestFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares the files that are packed in a trace with what its header says of them. */
public final class PackedFiles {
    private PackedFiles() {}

    /**
     * Compares sizes, and digests of what is packed whole. Of a disk a part may be packed.
     *
     * @return a line for each file that is not what it should be
     * @throws TraceFormatException if the trace is damaged
     */
    public static List<String> check(TraceReader trace) {
        List<String> problems = new ArrayList<>();
        TraceHeader header = trace.header();
        checkFile(problems, trace, header.kernel(), true);
        checkFile(problems, trace, header.ramdisk(), true);
        for (GuestFile disk : header.disks()) {
            checkFile(problems, trace, disk, false);
        }
        return problems;
    }

    private static void checkFile(
            List<String> problems, TraceReader trace, @Nullable GuestFile file, boolean whole) {
        if (file == null || file.attachment() == null) {
            return;
        }
        String name = file.attachment();
        long packed = 0;
        boolean rightSize = file.size() == 0;
        for (TraceReader.Attachment attachment : trace.attachments()) {
            if (attachment.name().equals(name)) {
                packed = attachment.packedBytes();
                rightSize = attachment.size() == file.size();
            }
        }
        if (!rightSize) {
            problems.add("the packed file " + name + " is missing or has another size");
        } else if (packed < file.size()) {
            if (whole) {
                problems.add("of the packed file " + name + " a part is missing");
            }
        } else if (!sha256(trace, name, file.size()).equals(file.sha256())) {
            problems.add("the packed file " + name + " has another SHA-256 than the header says");
        }
    }

    private static String sha256(TraceReader trace, String name, long size) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            if (size > 0) {
                trace.readAttachment(
                        name, (offset, data, from, length) -> digest.update(data, from, length));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            // Every JDK has it, and a digest does no I/O.
            throw new IllegalStateException(e);
        }
    }
}
