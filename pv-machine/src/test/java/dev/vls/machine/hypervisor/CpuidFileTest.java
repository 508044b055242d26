package dev.vls.machine.hypervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CpuidFileTest {
    private static int[] query(CpuidPolicy policy, int leaf, int subleaf) {
        int[] registers = new int[4];
        policy.query(leaf, subleaf, registers);
        return registers;
    }

    @Test
    void theBaselineIsAnIntelProcessorWithoutWhatIsNotImplemented() {
        assertTrue(CpuidFile.BASELINE.isIntel());
        assertTrue(CpuidFile.BASELINE.hasRdtscp());
        assertFalse(CpuidFile.BASELINE.hasXsave());
        assertEquals(0x82d82203, query(CpuidFile.BASELINE, 1, 0)[2]);
        assertArrayEquals(new int[4], query(CpuidFile.BASELINE, 7, 1));
        assertArrayEquals(new int[4], query(CpuidFile.BASELINE, 0x1234, 0));
    }

    @Test
    void aPolicyAnswersWhatItsLinesSay() {
        CpuidFile policy =
                CpuidFile.read("p", "# nothing but\n 7.0 0 00000001 0 0 # FSGSBASE\n2 a b c d\n");
        assertTrue(policy.hasFsgsbase());
        assertArrayEquals(new int[] {10, 11, 12, 13}, query(policy, 2, 99));
        assertArrayEquals(new int[4], query(policy, 0, 0));
    }

    @Test
    void aFeatureThatIsNotImplementedIsRefusedByItsBits() {
        CpuidPolicyException e =
                assertThrows(
                        CpuidPolicyException.class,
                        () -> CpuidFile.read("avx.cpuid", "1 0 0 10000000 0\n"));
        assertEquals(
                "CPUID policy avx.cpuid: leaf 00000001 reports ECX bits 10000000, which the machine"
                        + " does not implement: clear them",
                e.getMessage());
        assertThrows(CpuidPolicyException.class, () -> CpuidFile.read("p", "d.1 1 0 0 0"));
        assertThrows(CpuidPolicyException.class, () -> CpuidFile.read("p", "7.1 0 0 0 1"));
        assertThrows(CpuidPolicyException.class, () -> CpuidFile.read("p", "7 0 20 0 0"));
    }

    @Test
    void aLineThatCannotBeReadIsNamed() {
        for (String line :
                new String[] {"1 2 3 4", "x 0 0 0 0", "1.y 0 0 0 0", "1 0 0 0 1ffffffff"}) {
            CpuidPolicyException e =
                    assertThrows(
                            CpuidPolicyException.class, () -> CpuidFile.read("p", "\n" + line));
            assertTrue(String.valueOf(e.getMessage()).contains("line 2"), e::toString);
        }
    }
}
