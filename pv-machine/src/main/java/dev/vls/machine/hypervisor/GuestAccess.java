package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import dev.vls.xen.abi.arch.HypervisorAddress;

/**
 * Guest memory by linear address, through the vCPU's current page tables, as Xen's copy_from_guest
 * and copy_to_guest (arch/x86/usercopy.c, asm/x86_64/uaccess.h): an address in Xen's hole, not
 * canonical, not mapped, or not writable ends the copy. Every method tells by its result whether
 * the whole range was copied; a false one is EFAULT. Writes are seen by the {@link
 * dev.vls.machine.memory.FrameObserver}.
 */
public final class GuestAccess {
    private final Cpu cpu;
    private final MachineMemory memory;
    private final PageWalker walker;

    /** What the last typed read gave, zero-extended. */
    private long value;

    private final byte[] word = new byte[8];

    GuestAccess(Cpu cpu, MachineMemory memory) {
        this.cpu = cpu;
        this.memory = memory;
        this.walker = new PageWalker(memory);
    }

    /**
     * Whether Xen lets a guest pointer start here: anywhere but in its hole or beyond canonical.
     */
    public static boolean isAccessible(long linear) {
        return Long.compareUnsigned(linear, 1L << 47) < 0
                || Long.compareUnsigned(linear, HypervisorAddress.HYPERVISOR_VIRT_END) >= 0;
    }

    /**
     * Copies from the guest without leaving a trace in it, accessed bits included, and without
     * regard to rights: for those who look at it from outside.
     *
     * @return how many bytes were mapped and copied
     */
    public int peek(long linear, byte[] target) {
        long root = cpu.root(cpu.mode());
        for (int i = 0; i < target.length; i++) {
            long maddr = Cpu.isCanonical(linear + i) ? walker.peek(root, linear + i) : -1;
            if (maddr < 0) {
                return i;
            }
            target[i] = (byte) memory.getByte(maddr);
        }
        return target.length;
    }

    /** Copies from the guest. */
    public boolean read(long linear, byte[] target, int offset, int length) {
        return isAccessible(linear) && readUnchecked(linear, target, offset, length) == length;
    }

    /** Copies to the guest; on failure the bytes before the faulting one are written. */
    public boolean write(long linear, byte[] source, int offset, int length) {
        return isAccessible(linear) && writeUnchecked(linear, source, offset, length) == length;
    }

    public boolean read(long linear, GuestBuffer target) {
        return read(linear, target.bytes(), 0, target.length());
    }

    public boolean write(long linear, GuestBuffer source) {
        return write(linear, source.bytes(), 0, source.length());
    }

    /** Reads 1, 2, 4 or 8 bytes; {@link #value()} has them. */
    public boolean read(long linear, int size) {
        if (!read(linear, word, 0, size)) {
            return false;
        }
        long result = 0;
        for (int i = size - 1; i >= 0; i--) {
            result = result << 8 | (word[i] & 0xFF);
        }
        value = result;
        return true;
    }

    /** What the last {@link #read(long, int)} that succeeded gave, zero-extended. */
    public long value() {
        return value;
    }

    /** Writes the low 1, 2, 4 or 8 bytes of a value. */
    public boolean write(long linear, int size, long newValue) {
        for (int i = 0; i < size; i++) {
            word[i] = (byte) (newValue >>> (8 * i));
        }
        return write(linear, word, 0, size);
    }

    /**
     * Copies from the guest without the check for Xen's hole, which parts of Xen leave to page
     * tables.
     *
     * @return the number of bytes copied before the first that is not readable
     */
    public int readUnchecked(long linear, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = linear + done;
            int inPage = Math.min(length - done, PAGE_SIZE - (int) (at & (PAGE_SIZE - 1)));
            long maddr = translate(at, PageWalker.READ);
            if (maddr < 0) {
                return done;
            }
            memory.read(maddr, target, offset + done, inPage);
            done += inPage;
        }
        return done;
    }

    /** As {@link #readUnchecked}, the other way. */
    public int writeUnchecked(long linear, byte[] source, int offset, int length) {
        return write(cpu.mode(), linear, source, offset, length);
    }

    private int write(int mode, long linear, byte[] source, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = linear + done;
            int inPage = Math.min(length - done, PAGE_SIZE - (int) (at & (PAGE_SIZE - 1)));
            long maddr = translate(mode, at, PageWalker.WRITE);
            if (maddr < 0) {
                return done;
            }
            memory.write(maddr, source, offset + done, inPage);
            done += inPage;
        }
        return done;
    }

    /**
     * Writes an area that the guest's kernel registered, through the page tables of kernel mode
     * whatever the current mode is.
     *
     * @return whether all of it was written
     */
    boolean writeKernel(long linear, byte[] source, int length) {
        return isAccessible(linear) && write(0, linear, source, 0, length) == length;
    }

    /** One byte through the page tables of kernel mode; 0xff where there is none. */
    int readKernelByte(long linear) {
        long maddr = translate(0, linear, PageWalker.READ);
        return maddr < 0 ? 0xFF : memory.getByte(maddr);
    }

    /**
     * The address at which a failed access of at most a page faulted: its start or its second page.
     */
    long firstFault(long linear, boolean write) {
        int access = write ? PageWalker.WRITE : PageWalker.READ;
        return translate(linear, access) < 0
                ? linear
                : (linear & MachineMemory.PAGE_MASK) + PAGE_SIZE;
    }

    /**
     * The machine address behind a linear one in the vCPU's current mode, with accessed and dirty
     * bits set as the processor would.
     *
     * @param access {@link PageWalker#READ} or {@link PageWalker#WRITE}
     * @return -1 if the access would fault
     */
    public long translate(long linear, int access) {
        return translate(cpu.mode(), linear, access);
    }

    /** As {@link #translate(long, int)} through the page tables of a mode: 0 kernel, 1 user. */
    public long translate(int mode, long linear, int access) {
        long known = cpu.findInTlb(mode, linear, access == PageWalker.WRITE);
        if (known >= 0) {
            return known;
        }
        if (!Cpu.isCanonical(linear) || !walker.walk(cpu.root(mode), linear, access)) {
            return -1;
        }
        return walker.maddr;
    }
}
