package dev.vls.machine.device.block;

import dev.vls.machine.xenstore.DomainDescription;

/**
 * A disk as it is given to a domain.
 *
 * @param node what the toolstack writes of it
 * @param sectors its size in sectors of 512 bytes
 * @param discards whether the host can let go of sectors
 */
public record VirtualDisk(DomainDescription.Disk node, long sectors, boolean discards) {}
