package dev.vls.machine;

import dev.vls.machine.hypervisor.CpuidPolicy;

/** What a CPUID policy answers, to tell one from another. */
final class CpuidAnswers {
    private static final int EXTENDED = 0x8000_0000;

    /** Leaves from 0 and from 0x80000000, and subleaves of each. */
    private static final int LEAVES = 32;

    private static final int SUBLEAVES = 2;

    private CpuidAnswers() {}

    /** Answers of the leaves that processors have; always as many. */
    static int[] of(CpuidPolicy policy) {
        int[] answers = new int[2 * LEAVES * SUBLEAVES * 4];
        int[] registers = new int[4];
        int at = 0;
        for (int leaf = 0; leaf < 2 * LEAVES; leaf++) {
            int number = leaf < LEAVES ? leaf : EXTENDED + leaf - LEAVES;
            for (int subleaf = 0; subleaf < SUBLEAVES; subleaf++) {
                policy.query(number, subleaf, registers);
                System.arraycopy(registers, 0, answers, at, 4);
                at += 4;
            }
        }
        return answers;
    }
}
