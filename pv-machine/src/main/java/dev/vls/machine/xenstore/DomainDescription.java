package dev.vls.machine.xenstore;

import java.util.List;

/**
 * What the toolstack tells the store of a new PV domain.
 *
 * @param uuid as text
 * @param startTime seconds since 1970 with two decimals, as {@code xl} writes it; from outside
 * @param storePort the domain's event channel for the store
 * @param storeFrame machine frame of its ring page
 * @param consolePort the same for the console
 */
public record DomainDescription(
        int domid,
        String name,
        String uuid,
        int vcpus,
        long memoryKib,
        String kernel,
        String ramdisk,
        String commandLine,
        String startTime,
        int storePort,
        long storeFrame,
        int consolePort,
        long consoleFrame,
        List<Disk> disks,
        List<Interface> interfaces) {
    /** Where the numbers of xvda, xvdb and so on start. */
    private static final int FIRST_XVD = 202 << 8;

    public DomainDescription {
        disks = List.copyOf(disks);
        interfaces = List.copyOf(interfaces);
    }

    /** The same domain, with other ends of its two rings. */
    public DomainDescription reconnected(
            int newStorePort, long newStoreFrame, int newConsolePort, long newConsoleFrame) {
        return new DomainDescription(
                domid,
                name,
                uuid,
                vcpus,
                memoryKib,
                kernel,
                ramdisk,
                commandLine,
                startTime,
                newStorePort,
                newStoreFrame,
                newConsolePort,
                newConsoleFrame,
                disks,
                interfaces);
    }

    /**
     * A disk.
     *
     * @param index 0 for xvda, 15 for xvdp at most
     * @param path of the image
     */
    public record Disk(int index, String path, boolean writable) {
        public Disk {
            if (index < 0 || index > 15) {
                throw new IllegalArgumentException("disk " + index + ": there are xvda to xvdp");
            }
        }

        /** Its number in the store: {@code docs/man/xen-vbd-interface}. */
        public int number() {
            return FIRST_XVD | index << 4;
        }

        String deviceName() {
            return "xvd" + (char) ('a' + index);
        }
    }

    /**
     * A network interface.
     *
     * @param mac six hexadecimal bytes with colons
     * @param bridge what it is plugged into
     * @param offloads whether that takes frames with blank checksums and to be segmented
     */
    public record Interface(int index, String mac, String bridge, boolean offloads) {}
}
