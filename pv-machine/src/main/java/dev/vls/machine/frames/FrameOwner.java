package dev.vls.machine.frames;

/** To whom a frame belongs. There is one guest; backends live in the machine and own no frames. */
public final class FrameOwner {
    /** Nobody: free, or the hypervisor's own and never to be referenced. */
    public static final int NONE = 0;

    /** The guest. */
    public static final int GUEST = 1;

    /** Not memory (DOMID_IO): the first MiB, as Xen treats it. */
    public static final int IO = 2;

    private FrameOwner() {}
}
