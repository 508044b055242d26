package dev.vls.machine.device.block;

/** What the host is to do with a disk. */
public enum DiskOperation {
    /** Fill the buffer. */
    READ,
    /** Write the buffer. */
    WRITE,
    /** Make everything safe that was written before; then write the buffer, if there is one. */
    FLUSH,
    /** As {@link #FLUSH}, and make the buffer's data safe too. */
    BARRIER,
    /** Let go of sectors; they read as zeros afterwards. */
    DISCARD
}
