package dev.vls.machine.device;

import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.xenstore.DomainDescription;
import java.util.List;

/**
 * What a domain is given besides memory and vCPUs, and what the store says of it.
 *
 * @param name of the domain
 * @param kernel where the kernel came from; empty if that is nobody's business
 * @param ramdisk where the ramdisk came from; empty for none
 * @param disks in the order of their indices
 * @param interfaces in the order of their indices
 */
public record DeviceConfiguration(
        String name,
        String kernel,
        String ramdisk,
        List<VirtualDisk> disks,
        List<DomainDescription.Interface> interfaces) {
    /** A domain with a console and nothing else. */
    public static final DeviceConfiguration NONE =
            new DeviceConfiguration("guest", "", "", List.of(), List.of());

    public DeviceConfiguration {
        disks = List.copyOf(disks);
        interfaces = List.copyOf(interfaces);
    }
}
