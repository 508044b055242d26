package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.FlatWorld.End;
import dev.vls.machine.cpu.FlatWorld.Outcome;
import dev.vls.machine.cpu.FlatWorld.Rights;
import dev.vls.machine.cpu.integer.Strings;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The run loop: exact counts, faults, code that changes, stepping. Code is written as hex. */
class InterpreterTest {
    private static final long CODE = 0x40_0000;
    private static final long DATA = 0x50_0000;

    private final FlatWorld world = new FlatWorld(1 << 20);
    private final Cpu cpu = world.cpu();

    @AfterEach
    void close() {
        world.close();
    }

    private void code(long at, String hex) {
        world.map(at & ~0xFFFL, 0x2000, new byte[0]);
        world.write(at, HexFormat.of().parseHex(hex.replace(" ", "")));
        cpu.setRip(at);
    }

    @Test
    void aRunStopsAtExactlyTheCountAskedFor() {
        // l: inc rax; add rbx,rax; lea rcx,[rbx+rax]; jmp l
        code(CODE, "48FFC0 4801C3 488D0C03 EBF4");
        long[] whole = new long[18];
        for (int n = 1; n < 200; n++) {
            java.util.Arrays.fill(cpu.gpr, 0);
            cpu.setRip(CODE);
            long before = cpu.instructionCount;
            world.run(n);
            assertEquals(n, cpu.instructionCount - before);
            System.arraycopy(cpu.gpr, 0, whole, 0, 18);
            java.util.Arrays.fill(cpu.gpr, 0);
            cpu.setRip(CODE);
            for (int i = 0; i < n; i++) {
                world.run(1);
            }
            assertArrayEquals(whole, cpu.gpr);
        }
    }

    @Test
    void anInstructionThatFaultsCountsAndLeavesNothingHalfDone() {
        // push rax with RSP at the start of the mapped page
        code(CODE, "90 50 F4");
        world.map(DATA, 0x1000, new byte[0]);
        cpu.gpr[Cpu.RSP] = DATA;
        Outcome outcome = world.run(100);
        assertEquals(End.FAULT, outcome.end());
        assertEquals(Vector.PF, outcome.vector());
        assertEquals(6, outcome.errorCode());
        assertEquals(DATA - 8, outcome.faultAddress());
        assertEquals(DATA, cpu.gpr[Cpu.RSP]);
        assertEquals(CODE + 1, cpu.rip());
        assertEquals(2, cpu.instructionCount);
    }

    @Test
    void aStoreThatCrossesIntoAnUnmappedPageWritesNeitherPart() {
        // mov [rsi],rax
        code(CODE, "488906 F4");
        world.map(DATA, 0x1000, new byte[0]);
        cpu.gpr[Cpu.RSI] = DATA + 0xFFC;
        cpu.gpr[Cpu.RAX] = -1;
        Outcome outcome = world.run(100);
        assertEquals(Vector.PF, outcome.vector());
        assertEquals(DATA + 0x1000, outcome.faultAddress());
        assertArrayEquals(new byte[4], world.read(DATA + 0xFFC, 4));
    }

    @Test
    void nonCanonicalAddressesAreStackFaultsThroughTheStackAndElseGeneralProtection() {
        code(CODE, "488B06 488B4500");
        cpu.gpr[Cpu.RSI] = 1L << 47;
        assertEquals(Vector.GP, world.run(1).vector());
        cpu.setRip(CODE + 3);
        cpu.gpr[Cpu.RBP] = 1L << 47;
        assertEquals(Vector.SS, world.run(1).vector());
    }

    @Test
    void aStoreIntoTheRunningBlockTakesEffectBeforeTheNextInstruction() {
        // mov byte [rip+1],0x41 overwrites the immediate of the mov eax that follows; hlt
        code(CODE, "C6050100000041 B840000000 F4");
        assertEquals(End.HALT, world.run(10).end());
        assertEquals(0x41, cpu.gpr[Cpu.RAX]);
    }

    @Test
    void codeChangedBetweenRunsIsDecodedAnew() {
        code(CODE, "B801000000 F4");
        world.run(10);
        assertEquals(1, cpu.gpr[Cpu.RAX]);
        world.write(CODE + 1, new byte[] {2});
        cpu.setRip(CODE);
        world.run(10);
        assertEquals(2, cpu.gpr[Cpu.RAX]);
    }

    @Test
    void anInstructionAcrossTwoPagesIsFetchedFromBothAndFollowsWritesToEither() {
        code(CODE + 0xFFD, "B811223344 F4");
        world.run(10);
        assertEquals(0x44332211, cpu.gpr[Cpu.RAX]);
        world.write(CODE + 0x1000, new byte[] {0x55});
        cpu.setRip(CODE + 0xFFD);
        world.run(10);
        assertEquals(0x44552211, cpu.gpr[Cpu.RAX]);
        world.write(CODE + 0xFFE, new byte[] {0x66});
        cpu.setRip(CODE + 0xFFD);
        world.run(10);
        assertEquals(0x44552266, cpu.gpr[Cpu.RAX]);
    }

    @Test
    void anInstructionIntoAnUnmappedPageFaultsAtThatPage() {
        world.map(CODE, 0x1000, new byte[0]);
        world.write(CODE + 0xFFD, new byte[] {(byte) 0xB8, 1, 2});
        cpu.setRip(CODE + 0xFFD);
        Outcome outcome = world.run(10);
        assertEquals(Vector.PF, outcome.vector());
        assertEquals(0x14, outcome.errorCode());
        assertEquals(CODE + 0x1000, outcome.faultAddress());
        assertEquals(CODE + 0xFFD, cpu.rip());
    }

    @Test
    void repeatedStringsCountOneForEachBoundedStepAndCanStopBetween() {
        // rep stosb; hlt
        code(CODE, "F3AA F4");
        int bytes = 3 * Strings.MAX_ITERATIONS + 5;
        world.map(DATA, bytes, new byte[0]);
        cpu.gpr[Cpu.RDI] = DATA;
        cpu.gpr[Cpu.RCX] = bytes;
        cpu.gpr[Cpu.RAX] = 7;
        world.run(1);
        assertEquals(CODE, cpu.rip());
        assertEquals(bytes - Strings.MAX_ITERATIONS, cpu.gpr[Cpu.RCX]);
        assertEquals(End.HALT, world.run(100).end());
        assertEquals(0, cpu.gpr[Cpu.RCX]);
        assertEquals(DATA + bytes, cpu.gpr[Cpu.RDI]);
        // Four steps of STOSB and the HLT that was attempted.
        assertEquals(5, cpu.instructionCount);
        for (byte b : world.read(DATA, bytes)) {
            assertEquals(7, b);
        }
    }

    @Test
    void aRepeatedStringThatFaultsKeepsWhatItDid() {
        // rep movsb
        code(CODE, "F3A4 F4");
        world.map(DATA, 0x1000, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        world.map(DATA + 0x10000, 0x1000, new byte[0]);
        cpu.gpr[Cpu.RSI] = DATA;
        cpu.gpr[Cpu.RDI] = DATA + 0x10FFB;
        cpu.gpr[Cpu.RCX] = 8;
        Outcome outcome = world.run(10);
        assertEquals(Vector.PF, outcome.vector());
        assertEquals(DATA + 0x11000, outcome.faultAddress());
        assertEquals(3, cpu.gpr[Cpu.RCX]);
        assertEquals(DATA + 5, cpu.gpr[Cpu.RSI]);
        assertEquals(CODE, cpu.rip());
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, world.read(DATA + 0x10FFB, 5));
    }

    @Test
    void overlappingMovesRepeatTheirPatternAsAByteByByteCopyDoes() {
        code(CODE, "F3A4 F4");
        world.map(DATA, 0x1000, new byte[] {1, 2, 3});
        cpu.gpr[Cpu.RSI] = DATA;
        cpu.gpr[Cpu.RDI] = DATA + 3;
        cpu.gpr[Cpu.RCX] = 300;
        world.run(10);
        byte[] bytes = world.read(DATA, 303);
        for (int i = 0; i < bytes.length; i++) {
            assertEquals(i % 3 + 1, bytes[i]);
        }
    }

    @Test
    void trapFlagRaisesDebugAfterEachInstruction() {
        code(CODE, "90 48FFC0 F4");
        cpu.setRflags(Flags.TF | Flags.IF);
        Outcome outcome = world.run(10);
        assertEquals(Vector.DB, outcome.vector());
        assertEquals(CODE + 1, cpu.rip());
        outcome = world.run(10);
        assertEquals(Vector.DB, outcome.vector());
        assertEquals(1, cpu.gpr[Cpu.RAX]);
        assertEquals(2, cpu.instructionCount);
    }

    @Test
    void instructionBreakpointsFaultBeforeAndDataBreakpointsTrapAfter() {
        // inc rax; mov [rsi],eax; nop; hlt
        code(CODE, "48FFC0 8906 90 F4");
        world.map(DATA, 0x1000, new byte[0]);
        cpu.gpr[Cpu.RSI] = DATA + 4;
        cpu.debugAddress[0] = CODE + 3;
        cpu.debugAddress[1] = DATA + 4;
        cpu.debugControl = 0b0101 | 0b1101L << 20;
        cpu.flushTlb();
        Outcome outcome = world.run(10);
        assertEquals(Vector.DB, outcome.vector());
        assertEquals(CODE + 3, cpu.rip());
        assertEquals(1, cpu.gpr[Cpu.RAX]);
        cpu.setRflags(cpu.rflags() | Flags.RF);
        outcome = world.run(10);
        assertEquals(Vector.DB, outcome.vector());
        assertEquals(CODE + 5, cpu.rip());
        assertArrayEquals(new byte[] {1, 0, 0, 0}, world.read(DATA + 4, 4));
    }

    @Test
    void readOnlyAndNoExecuteMappingsAreEnforced() {
        code(CODE, "8906 F4");
        world.map(DATA, 0x1000, new byte[] {(byte) 0xF4}, Rights.READ);
        cpu.gpr[Cpu.RSI] = DATA;
        assertEquals(7, world.run(10).errorCode());
        cpu.setRip(DATA);
        Outcome outcome = world.run(10);
        assertEquals(Vector.PF, outcome.vector());
        assertEquals(0x15, outcome.errorCode());
        assertTrue(outcome.faultAddress() == DATA);
    }
}
