package dev.vls.machine.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineMemoryTest {
    @Test
    void startsZeroedAndKeepsWhatIsWrittenAtEveryWidth() {
        try (MachineMemory memory = MachineMemory.allocate(1 << 20)) {
            assertEquals(256, memory.frames());
            assertEquals(0, memory.getLong(0xF_FFF8));
            memory.setLong(0x1001, 0x8877_6655_4433_2211L);
            assertEquals(0x11, memory.getByte(0x1001));
            assertEquals(0x3322, memory.getShort(0x1002));
            assertEquals(0x8877_6655, memory.getInt(0x1005));
            memory.fill(0x1000, 16, 0xAB);
            assertEquals(0xABAB_ABAB_ABAB_ABABL, memory.getLong(0x1008));
        }
    }

    @Test
    void refusesAddressesOutOfRange() {
        try (MachineMemory memory = MachineMemory.allocate(1 << 20)) {
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(0xF_FFF9));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getByte(-1));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> memory.hostAddress(0, Long.MAX_VALUE));
        }
    }

    @Test
    void moreThanTheHostHasIsRefusedInOneLine() {
        HostMemoryException e =
                assertThrows(HostMemoryException.class, () -> MachineMemory.allocate(1L << 52));
        assertTrue(String.valueOf(e.getMessage()).contains("use less --memory"), e::toString);
    }

    @Test
    void eightGibibytesCostTheHostOnlyWhatIsTouched() {
        try (MachineMemory memory = MachineMemory.allocate(8L << 30)) {
            memory.setLong((8L << 30) - 8, 42);
            assertEquals(42, memory.getLong((8L << 30) - 8));
            assertEquals(0, memory.getLong(4L << 30));
        }
    }

    @Test
    void discardedFramesAreZeroAndCostTheHostNothing() {
        try (MachineMemory memory = MachineMemory.allocate(64 << 20)) {
            List<Long> told = new ArrayList<>();
            memory.fill(0, 64 << 20, 0x5A);
            memory.setObserver((maddr, length) -> told.add(maddr));
            long full = ResidentMemory.kib(memory);
            memory.addFlags(0x123, FrameFlags.LOG_DIRTY);
            memory.discard(0x100, 0x3000);
            assertEquals(List.of(0x123000L), told);
            // Mappings beside it count as well where the kernel has made them one.
            long freed = full - ResidentMemory.kib(memory);
            assertTrue(Math.abs(freed - 0x3000 * 4) < 1024, () -> freed + " KiB were freed");
            assertEquals(0x5A, memory.getByte(0xF_FFFF));
            assertEquals(0, memory.getLong(0x10_0000));
            assertEquals(0, memory.getLong(0x30F_FFF8));
            assertEquals(0x5A, memory.getByte(0x310_0000));
        }
    }

    @Test
    void everyWriteToAFlaggedFrameIsAnnouncedBeforeItHappens() {
        try (MachineMemory memory = MachineMemory.allocate(1 << 20)) {
            List<String> told = new ArrayList<>();
            memory.setObserver(
                    (maddr, length) ->
                            told.add("%x+%d=%x".formatted(maddr, length, memory.getByte(maddr))));
            memory.addFlags(2, FrameFlags.LOG_DIRTY);
            memory.setLong(0x1ff0, 1);
            memory.setLong(0x2000, 7);
            memory.setInt(0x2000, 9);
            byte[] bytes = {1, 2, 3, 4};
            memory.write(0x1ffe, bytes, 0, 4);
            memory.copy(0x2000, 0x5000, 16);
            memory.fill(0x2ff0, 32, 0);
            assertEquals(List.of("2000+8=0", "2000+4=7", "2000+2=9", "2ff0+16=0"), told);
            byte[] back = new byte[4];
            memory.read(0x1ffe, back, 0, 4);
            assertArrayEquals(bytes, back);
        }
    }

    @Test
    void aMissingFrameIsWaitedForOnceWhateverTouchesIt() {
        try (MachineMemory memory = MachineMemory.allocate(1 << 20)) {
            List<Long> asked = new ArrayList<>();
            byte[] content = new byte[MachineMemory.PAGE_SIZE];
            Arrays.fill(content, (byte) 7);
            memory.setMissingFrames(
                    mfn -> {
                        asked.add(mfn);
                        memory.supply(mfn, content, 0);
                    });
            for (long mfn = 3; mfn < 10; mfn++) {
                memory.addFlags(mfn, FrameFlags.MISSING);
            }
            assertEquals(7, memory.getByte(0x3010));
            memory.setByte(0x3011, 8);
            memory.setByte(0x4000, 9);
            assertEquals(0x0709, memory.getShort(0x4000));
            memory.copy(0x5000, 0x6ff0, 32);
            memory.read(0x8ffc, new byte[8], 0, 8);
            assertEquals(List.of(3L, 4L, 5L, 6L, 7L, 8L, 9L), asked);
            assertEquals(7, memory.getByte(0x6000));
            assertEquals(0, memory.flags(9));
        }
    }
}
