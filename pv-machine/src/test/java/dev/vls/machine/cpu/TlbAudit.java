package dev.vls.machine.cpu;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.Tlb;
import dev.vls.xen.abi.arch.PageTableFlag;

/** Compares what is in a vCPU's TLBs with what the page tables say now. */
public final class TlbAudit {
    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private TlbAudit() {}

    /** Fails if a TLB grants what the page tables do not. */
    public static void check(Cpu cpu) {
        int mode = cpu.mode();
        for (int m = 0; m < 2; m++) {
            cpu.setMode(m);
            checkMode(cpu, m);
        }
        cpu.setMode(mode);
    }

    private static void checkMode(Cpu cpu, int mode) {
        Tlb tlb = cpu.tlb();
        for (int slot = 0; slot < Tlb.SLOTS; slot++) {
            if (tlb.readTag[slot] != Tlb.INVALID) {
                checkEntry(cpu, mode, slot, tlb.readTag[slot], PageTableFlag.ACCESSED);
            }
            if (tlb.writeTag[slot] != Tlb.INVALID) {
                long needed = PageTableFlag.ACCESSED | PageTableFlag.DIRTY | PageTableFlag.RW;
                checkEntry(cpu, mode, slot, tlb.writeTag[slot], needed);
            }
            if (tlb.executeTag[slot] != Tlb.INVALID) {
                long entry =
                        checkEntry(cpu, mode, slot, tlb.executeTag[slot], PageTableFlag.ACCESSED);
                assertEquals(0, entry & PageTableFlag.NX, "a page that may not be executed");
            }
        }
    }

    private static long checkEntry(Cpu cpu, int mode, int slot, long linear, long needed) {
        MachineMemory memory = cpu.memory();
        long table = cpu.root(mode);
        long entry = 0;
        for (int shift = 39; shift >= PAGE_SHIFT; shift -= 9) {
            entry = memory.getLong(table + (linear >>> shift & 511) * 8);
            String name = Long.toHexString(linear) + " shift " + shift;
            assertNotEquals(0, entry & PageTableFlag.PRESENT, name);
            assertNotEquals(0, entry & PageTableFlag.ACCESSED, name);
            if ((needed & PageTableFlag.RW) != 0) {
                assertNotEquals(0, entry & PageTableFlag.RW, name);
            }
            if (shift == 21 && (entry & PageTableFlag.PSE) != 0) {
                return entry;
            }
            table = entry & ADDRESS;
        }
        assertEquals(needed, entry & needed, Long.toHexString(linear));
        assertEquals(table >>> PAGE_SHIFT, cpu.tlb().mfn[slot], Long.toHexString(linear));
        return entry;
    }
}
