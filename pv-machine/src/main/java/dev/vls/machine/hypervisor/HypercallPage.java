package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.xen.HypercallNumber;
import java.util.Arrays;

/**
 * The page of hypercall stubs, 32 bytes each, that Xen writes into a guest
 * (arch/x86/pv/hypercall.c, {@code pv_ring3_init_hypercall_page}).
 */
public final class HypercallPage {
    private static final int STUB_SIZE = 32;
    private static final int INT3 = 0xcc;

    /** push %rcx; push %r11. */
    private static final byte[] SAVE = {0x51, 0x41, 0x53};

    /** push %rax, for iret alone, which never comes back. */
    private static final byte PUSH_RAX = 0x50;

    private static final byte MOV_EAX = (byte) 0xb8;

    /** syscall. */
    private static final byte[] SYSCALL = {0x0f, 0x05};

    /** pop %r11; pop %rcx; ret. */
    private static final byte[] RESTORE = {0x41, 0x5b, 0x59, (byte) 0xc3};

    private HypercallPage() {}

    /** Overwrites a whole frame. */
    public static void write(MachineMemory memory, long mfn) {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) INT3);
        GuestBuffer stub = new GuestBuffer(STUB_SIZE);
        for (int number = 0; number < PAGE_SIZE / STUB_SIZE; number++) {
            int length = fill(stub, number);
            System.arraycopy(stub.bytes(), 0, page, number * STUB_SIZE, length);
        }
        memory.write(mfn << PAGE_SHIFT, page, 0, PAGE_SIZE);
    }

    private static int fill(GuestBuffer stub, int number) {
        int at = append(stub, 0, SAVE);
        boolean iret = number == HypercallNumber.IRET;
        if (iret) {
            stub.setByte(at++, PUSH_RAX);
        }
        stub.setByte(at++, MOV_EAX);
        stub.setInt(at, number);
        at = append(stub, at + 4, SYSCALL);
        return iret ? at : append(stub, at, RESTORE);
    }

    private static int append(GuestBuffer stub, int at, byte[] code) {
        System.arraycopy(code, 0, stub.bytes(), at, code.length);
        return at + code.length;
    }
}
