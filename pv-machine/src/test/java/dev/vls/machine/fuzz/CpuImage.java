package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;

/** Moves the registers of a case into the embedded processor. */
final class CpuImage {
    private static final int XMM = 160;

    private CpuImage() {}

    static void load(Cpu cpu, CaseSlot slot) {
        for (int i = 0; i < 16; i++) {
            cpu.gpr[i] = slot.startGpr(i);
        }
        cpu.setRip(slot.startLong(CaseSlot.RIP));
        cpu.setRflags(slot.startLong(CaseSlot.RFLAGS));
        cpu.segmentBase[Cpu.FS] = slot.startLong(CaseSlot.FS_BASE);
        cpu.segmentBase[Cpu.GS] = slot.startLong(CaseSlot.GS_BASE);
        for (int i = 0; i < 6; i++) {
            cpu.selector[i] = slot.startShort(CaseSlot.SELECTORS + 2 * i);
        }
        for (int i = 0; i < 32; i++) {
            cpu.xmm[i] = slot.startLong(XMM + 8 * i);
        }
    }

    /** 8 bytes of the FXSAVE image of the embedded processor. */
    static long fxsaveWord(Cpu cpu, int offset) {
        return cpu.xmm[(offset - XMM) / 8];
    }

    /** Bits that are compared in 8 bytes of the FXSAVE image. */
    static long comparedBits(int offset) {
        return offset >= XMM ? -1L : 0;
    }
}
