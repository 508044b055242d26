package dev.vls.machine.hypervisor;

/** Which Xen the machine is to its guests. */
public final class XenVersionText {
    public static final int MAJOR = 4;
    public static final int MINOR = 17;

    /** What XENVER_extraversion answers. */
    public static final String EXTRA_VERSION = ".5";

    public static final String FULL = MAJOR + "." + MINOR + EXTRA_VERSION;

    private XenVersionText() {}
}
