package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vls.machine.cpu.FlatWorld.End;
import dev.vls.machine.cpu.FlatWorld.Outcome;
import dev.vls.machine.cpu.FlatWorld.Rights;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlatWorldTest {
    private static final long CODE = 0x40_0000;
    private static final long DATA = 0x7000_0000_0000L;

    private final FlatWorld world = new FlatWorld(1 << 20);

    @AfterEach
    void close() {
        world.close();
    }

    private Outcome run(String code, long limit) {
        world.map(CODE, 4096, HexFormat.ofDelimiter(" ").parseHex(code), Rights.READ_EXECUTE);
        world.cpu().setRip(CODE);
        return world.run(limit);
    }

    @Test
    void haltEndsTheRunWithRipAtIt() {
        Outcome outcome = run("b8 05 00 00 00 83 c0 02 f3 f4", 100);
        assertEquals(End.HALT, outcome.end());
        assertEquals(7, world.cpu().gpr[Cpu.RAX]);
        assertEquals(CODE + 8, world.cpu().rip());
    }

    @Test
    void otherPrivilegedInstructionsFault() {
        assertEquals(new Outcome(End.FAULT, Vector.GP, 0, 0), run("fa", 100));
    }

    @Test
    void theLimitCountsInstructions() {
        assertEquals(End.LIMIT, run("48 ff c0 eb fb", 7).end());
        assertEquals(4, world.cpu().gpr[Cpu.RAX]);
        assertEquals(CODE + 3, world.cpu().rip());
    }

    @Test
    void runsGoOnWhereTheyStopped() {
        assertEquals(End.LIMIT, run("48 ff c0 48 ff c0 f4", 1).end());
        assertEquals(End.HALT, world.run(100).end());
        assertEquals(2, world.cpu().gpr[Cpu.RAX]);
    }

    @Test
    void aLoadFromNowhereIsAPageFaultWithItsAddress() {
        world.cpu().gpr[Cpu.RBX] = 0x1234_5678L;
        assertEquals(new Outcome(End.FAULT, Vector.PF, 4, 0x1234_5678L), run("8b 03 f4", 100));
        assertEquals(CODE, world.cpu().rip());
    }

    @Test
    void rightsAreEnforced() {
        world.map(DATA, 4096, new byte[] {1, 2}, Rights.READ);
        world.cpu().gpr[Cpu.RBX] = DATA;
        assertEquals(new Outcome(End.FAULT, Vector.PF, 7, DATA), run("88 03 f4", 100));
        world.cpu().setRip(DATA);
        assertEquals(new Outcome(End.FAULT, Vector.PF, 0x15, DATA), world.run(1));
    }

    @Test
    void memoryIsWhatTheCodeMadeOfIt() {
        world.map(DATA + 4090, 16, new byte[] {1, 2, 3}, Rights.READ_WRITE);
        world.cpu().gpr[Cpu.RBX] = DATA + 4094;
        world.cpu().gpr[Cpu.RAX] = 0x0807_0605;
        assertEquals(End.HALT, run("89 03 f4", 100).end());
        assertArrayEquals(new byte[] {1, 2, 3, 0, 5, 6, 7, 8, 0}, world.read(DATA + 4090, 9));
    }

    @Test
    void codeMayChangeItself() {
        // Overwrites the NOP behind the store by INC EAX (ff c0), then runs it.
        world.map(
                CODE,
                4096,
                HexFormat.ofDelimiter(" ").parseHex("31 c0 66 c7 05 00 00 00 00 ff c0 66 90 f4"));
        world.cpu().setRip(CODE);
        assertEquals(End.HALT, world.run(100).end());
        assertEquals(1, world.cpu().gpr[Cpu.RAX]);
    }

    @Test
    void systemCallsEndTheRunBehindThem() {
        assertEquals(End.SYSCALL, run("0f 05 f4", 100).end());
        assertEquals(CODE + 2, world.cpu().rip());
        assertEquals(CODE + 2, world.cpu().gpr[Cpu.RCX]);
        assertEquals(0x202, world.cpu().gpr[11]);
    }

    @Test
    void onlyTheBreakpointAndOverflowGatesAreOpen() {
        assertEquals(new Outcome(End.FAULT, Vector.BP, 0, 0), run("cd 03 cd 80 f4", 100));
        assertEquals(CODE + 2, world.cpu().rip());
        assertEquals(new Outcome(End.FAULT, Vector.GP, 0x80 << 3 | 2, 0), world.run(100));
        assertEquals(CODE + 2, world.cpu().rip());
    }

    @Test
    void badMappingsAreRefused() {
        byte[] none = new byte[0];
        world.map(DATA, 4096, none);
        assertThrows(IllegalArgumentException.class, () -> world.map(DATA + 8, 8, none));
        assertThrows(IllegalArgumentException.class, () -> world.map(DATA * 2, 8, none));
        assertThrows(IllegalArgumentException.class, () -> world.map(0x7FFF_FFFF_FFFFL, 2, none));
        assertThrows(IllegalArgumentException.class, () -> world.map(0, 0, none));
        assertThrows(IllegalArgumentException.class, () -> world.map(0, 1, new byte[2]));
        assertThrows(IllegalArgumentException.class, () -> world.map(0, 1L << 30, none));
        assertThrows(IllegalArgumentException.class, () -> world.maddr(0x1000));
    }
}
