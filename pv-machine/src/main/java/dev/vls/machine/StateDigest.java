package dev.vls.machine;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over the state of a stopped machine: the registers of every vCPU, then every frame of the
 * machine that is not all zeroes, each behind its number. Two runs with the same inputs have the
 * same digest.
 */
public final class StateDigest {
    private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[PAGE_SIZE]);

    private final MessageDigest digest;
    private final ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private StateDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** The digest of a domain's machine, 32 bytes. */
    public static byte[] sha256(Domain domain) {
        StateDigest state = new StateDigest();
        for (int id = 0; id < domain.vcpuCount(); id++) {
            state.add(domain.vcpu(id));
        }
        state.add(domain.memory());
        return state.digest.digest();
    }

    /** The digest of all vCPUs of a domain and of its time, without memory; 32 bytes. */
    public static byte[] ofVcpus(Domain domain) {
        StateDigest state = new StateDigest();
        for (int id = 0; id < domain.vcpuCount(); id++) {
            state.add(domain.vcpu(id));
        }
        state.add(domain.time().now());
        return state.digest.digest();
    }

    private void add(Vcpu vcpu) {
        VcpuState.visit(vcpu, (_, value) -> add(value));
    }

    private void add(MachineMemory memory) {
        byte[] page = new byte[PAGE_SIZE];
        for (long mfn = 0; mfn < memory.frames(); mfn++) {
            memory.read(mfn << PAGE_SHIFT, page, 0, PAGE_SIZE);
            if (MemorySegment.ofArray(page).mismatch(ZEROES) >= 0) {
                add(mfn);
                digest.update(page);
            }
        }
    }

    private void add(long value) {
        word.clear();
        digest.update(word.putLong(value).flip());
    }
}
