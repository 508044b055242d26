package dev.vls.replay;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.vls.machine.memory.MachineMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * The digest of a machine's memory: SHA-256 over a fingerprint of 64 bits for each frame, in the
 * order of their numbers. A fingerprint is quick to make and good against accidents, which is what
 * a divergence is.
 */
final class MemoryDigest {
    private static final int BATCH = 1024;
    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;
    private static final int LANES = 4;
    private static final int STRIDE = LANES * Long.BYTES;

    private MemoryDigest() {}

    static byte[] of(MachineMemory memory) {
        MessageDigest digest = Sha256.create();
        ByteBuffer batch = ByteBuffer.allocate(BATCH * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long mfn = 0; mfn < memory.frames(); mfn++) {
            batch.putLong(fingerprint(memory, mfn));
            if (!batch.hasRemaining()) {
                digest.update(batch.flip());
                batch.clear();
            }
        }
        digest.update(batch.flip());
        return digest.digest();
    }

    /** Four lanes, so that multiplications overlap. */
    static long fingerprint(MachineMemory memory, long mfn) {
        long maddr = mfn << MachineMemory.PAGE_SHIFT;
        memory.beforeRead(maddr);
        long host = memory.hostAddress(maddr, MachineMemory.PAGE_SIZE);
        long a = 1;
        long b = 2;
        long c = 3;
        long d = 4;
        for (long at = host; at < host + MachineMemory.PAGE_SIZE; at += STRIDE) {
            a = step(a, at);
            b = step(b, at + 8);
            c = step(c, at + 16);
            d = step(d, at + 24);
        }
        return mix(mix(mix(a) ^ b) ^ mix(mix(c) ^ d));
    }

    private static long step(long lane, long address) {
        long value = lane ^ MachineMemory.HOST.get(JAVA_LONG_UNALIGNED, address);
        return Long.rotateLeft(value * PRIME, 29);
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * PRIME;
        return mixed ^ mixed >>> 29;
    }
}
