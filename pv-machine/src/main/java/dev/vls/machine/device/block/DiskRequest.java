package dev.vls.machine.device.block;

import java.lang.foreign.MemorySegment;

/**
 * A request to a disk of the host.
 *
 * @param disk the disk's index, 0 for xvda
 * @param number of the request, by which it is answered; no other of the disk has it
 * @param sector the first one, of 512 bytes; within the disk, as all of them are
 * @param sectors how many; 0 only for a flush without data
 * @param data as many sectors, off-heap: what to write, or where to put what is read; the machine
 *     leaves it alone until the answer. Empty for a discard
 */
public record DiskRequest(
        int disk,
        long number,
        DiskOperation operation,
        long sector,
        long sectors,
        MemorySegment data) {}
