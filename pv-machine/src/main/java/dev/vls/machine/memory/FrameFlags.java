package dev.vls.machine.memory;

/**
 * Reasons for which a write to a machine frame has to be seen by somebody before it happens. While
 * a frame has any of these, no TLB entry allows writes to it, so that every store takes the slow
 * path, where {@link MachineMemory#beforeWrite} calls the observer. The hit path of the TLB never
 * pays.
 */
public final class FrameFlags {
    /** Decoded or translated instructions come from this frame. */
    public static final int CODE = 1;

    /** The first write since the last harvest is to be logged. */
    public static final int LOG_DIRTY = 1 << 1;

    /** The frame's old content is wanted by somebody (copy-on-write checkpoint, semi-active). */
    public static final int COPY_BEFORE_WRITE = 1 << 2;

    /** The frame's content is not here yet: reads take the slow path as well. */
    public static final int MISSING = 1 << 3;

    private FrameFlags() {}
}
