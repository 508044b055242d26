package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import java.lang.constant.ClassDesc;

/** The locals of a translation's method. */
final class Locals {
    static final ClassDesc CPU_DESC = ClassDesc.of(Cpu.class.getName());

    static final int THIS = 0;
    static final int CPU = 1;

    /** Steps left. */
    static final int LEFT = 2;

    /** Linear address of the page that the entry is in. */
    static final int BASE = 4;

    /** Where to go on when leaving. */
    static final int NEXT = 6;

    /** Number of the instruction that may fault. */
    static final int SITE = 8;

    /** Whether a store said that the translation has to be left. */
    static final int LEAVE = 9;

    static final int FLAGS_KIND = 10;
    static final int FLAGS_A = 11;
    static final int FLAGS_B = 13;
    static final int FLAGS_RESULT = 15;
    static final int READ_TAGS = 17;
    static final int WRITE_TAGS = 18;
    static final int ADDENDS = 19;

    /** {@link Cpu#gpr}. */
    static final int GPR = 20;

    static final int ROTATE_KIND = 21;
    static final int ROTATE_A = 22;
    static final int ROTATE_RESULT = 24;
    private static final int GROUPS = 26;
    private static final int REGISTERS = GROUPS + 4 * (1 + 8);

    private static final int XMMS = REGISTERS + 32;

    /** {@link Cpu#xmm}. */
    static final int XMM = XMMS + 2 * Cpu.XMM_SCRATCH;

    /** The first of those that an instruction may use as it likes. */
    static final int FREE = XMM + 1;

    /** The first of those that {@link SseEmitter} uses besides. */
    static final int SSE = FREE + 44;

    /** Host address of the access at hand. */
    static final int HOST = SSE + 24;

    /** Lowest 32 bits of XMM registers as scalars left them. */
    private static final int SINGLES = HOST + 2;

    private Locals() {}

    /** The local of the page of one of {@link PageGroups}. */
    static int groupPage(int group) {
        return GROUPS + 4 * group;
    }

    /** The local with host address minus linear address of that page. */
    static int groupAddend(int group) {
        return GROUPS + 4 * group + 2;
    }

    /** The local of half an XMM register, by its index in {@link Cpu#xmm}. */
    static int xmm(int index) {
        return XMMS + 2 * index;
    }

    /** The local of the lowest 32 bits of an XMM register, by its index in {@link Cpu#xmm}. */
    static int single(int index) {
        return SINGLES + index;
    }

    /** The local of a general register. */
    static int register(int number) {
        return REGISTERS + 2 * number;
    }
}
