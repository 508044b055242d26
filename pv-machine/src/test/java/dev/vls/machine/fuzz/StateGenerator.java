package dev.vls.machine.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import java.lang.foreign.MemorySegment;

/** Registers and memory that a case starts with. */
final class StateGenerator {
    private static final int FXSAVE_BYTES = 416;
    private static final int ARITHMETIC_AND_DF = Flags.ARITHMETIC | Flags.DF;

    private final Rng random;
    private final OperandPool pool;

    StateGenerator(Rng random, OperandPool pool) {
        this.random = random;
        this.pool = pool;
    }

    /** Contents of the data pages of a batch. */
    void fillPages(CaseFile cases) {
        for (int page = 0; page < Sandbox.DATA_PAGES; page++) {
            MemorySegment content = cases.dataPage(page);
            for (int at = 0; at < Sandbox.PAGE; at += 8) {
                content.set(JAVA_LONG_UNALIGNED, at, memoryWord());
            }
        }
    }

    private long memoryWord() {
        return random.chance(12) ? Sandbox.address(random) : pool.half(random.below(4));
    }

    /**
     * Fills the whole input but the code.
     *
     * @param vectors whether the x87, MMX and SSE registers matter
     */
    void fill(CaseSlot slot, boolean vectors) {
        for (int i = 0; i < 16; i++) {
            slot.setStartGpr(i, general(i));
        }
        slot.setStartLong(CaseSlot.RFLAGS, 0x202 | (random.word() & ARITHMETIC_AND_DF));
        if (random.chance(70)) {
            slot.setStartLong(CaseSlot.RFLAGS, slot.startLong(CaseSlot.RFLAGS) & ~(long) Flags.DF);
        }
        slot.setStartLong(CaseSlot.FS_BASE, random.word() << 17 >> 17);
        slot.setStartLong(CaseSlot.GS_BASE, random.word() << 17 >> 17);
        slot.setStartLong(CaseSlot.SELECTORS, 0x002B_0033_0000L);
        slot.setStartLong(CaseSlot.SELECTORS + 8, 0);
        slot.setPatch(0, 0);
        if (vectors) {
            fillVectors(slot);
        } else {
            slot.segment().asSlice(CaseSlot.FXSAVE, FXSAVE_BYTES).fill((byte) 0);
            slot.setStartShort(0, 0x37F);
            slot.setStartInt(24, 0x1F80);
        }
    }

    private long general(int register) {
        int addressPercent =
                switch (register) {
                    case Cpu.RSP -> 90;
                    case Cpu.RSI, Cpu.RDI -> 65;
                    case Cpu.RBP -> 45;
                    case Cpu.RBX -> 35;
                    default -> 12;
                };
        if (random.chance(addressPercent)) {
            long address = Sandbox.address(random);
            return register == Cpu.RSP && random.chance(80) ? address & -8 : address;
        }
        if (register == Cpu.RCX && random.chance(50)) {
            return random.below(20);
        }
        return pool.integer();
    }

    private void fillVectors(CaseSlot slot) {
        boolean plain = random.chance(60);
        int control = plain ? 0x37F : 0x60 | ((int) random.word() & 0xF3F);
        if (!plain && random.chance(60)) {
            control |= 0x3F;
        }
        int status = ((int) random.word() & 0x4700) | random.below(8) << 11;
        if (random.chance(10)) {
            status |= random.below(0x80);
        }
        slot.setStartShort(0, control);
        slot.setStartShort(2, status);
        slot.setStartInt(4, random.chance(70) ? 0xFF : random.octet());
        slot.setStartLong(8, 0);
        slot.setStartLong(16, 0);
        slot.setStartInt(24, mxcsr());
        slot.setStartInt(28, 0);
        boolean mmx = random.chance(40);
        for (int i = 0; i < 8; i++) {
            int at = 32 + 16 * i;
            slot.setStartLong(at, mmx ? pool.half(random.below(4)) : pool.extendedSignificand());
            slot.setStartLong(at + 8, mmx ? 0xFFFF : pool.extendedExponent());
        }
        int flavour = random.below(5);
        for (int i = 0; i < 32; i++) {
            slot.setStartLong(160 + 8 * i, pool.half(flavour == 4 ? random.below(4) : flavour));
        }
    }

    private int mxcsr() {
        if (random.chance(60)) {
            return 0x1F80;
        }
        int value = (int) random.word() & 0xFFFF;
        return random.chance(60) ? value | 0x1F80 : value;
    }

    /** Puts an operand of some type where an instruction will read it. */
    void patch(CaseSlot slot, long address, boolean vectors) {
        int flavour = vectors ? random.below(5) : 0;
        slot.setPatch(address, 32);
        if (flavour == 4) {
            slot.setPatchWord(0, pool.extendedSignificand());
            slot.setPatchWord(1, pool.extendedExponent() | random.word() << 16);
            slot.setPatchWord(2, random.word());
            slot.setPatchWord(3, random.word());
        } else {
            for (int i = 0; i < 4; i++) {
                slot.setPatchWord(i, pool.half(flavour));
            }
        }
    }
}
