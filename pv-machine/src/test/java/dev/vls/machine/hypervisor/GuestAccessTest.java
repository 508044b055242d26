package dev.vls.machine.hypervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.memory.FrameFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GuestAccessTest {
    private static final int PAGES = 16;
    private static final int LAST_DATA_PFN = PAGES - 5;

    private final SmallMachine machine = new SmallMachine(PAGES, 1);
    private final GuestAccess guest = machine.vcpu.guest;

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void copyCrossesPagesThatAreNotNeighboursInTheMachine() {
        long entry = machine.get(machine.l1Mfn, 1);
        machine.set(machine.l1Mfn, 1, machine.get(machine.l1Mfn, 3));
        machine.set(machine.l1Mfn, 3, entry);
        byte[] bytes = {1, 2, 3, 4, 5, 6};
        assertTrue(guest.write(SmallMachine.linear(1) - 3, bytes, 0, 6));
        byte[] back = new byte[6];
        assertTrue(guest.read(SmallMachine.linear(1) - 3, back, 0, 6));
        assertArrayEquals(bytes, back);
        assertEquals(4, machine.memory.getByte(machine.mfns[3] << 12));
    }

    @Test
    void readOnlyPageRefusesWritesAndKeepsWhatCameBefore() {
        long table = SmallMachine.linear(PAGES - 4);
        assertTrue(guest.read(table, 8));
        assertFalse(guest.write(table, 8, 0));
        byte[] bytes = {7, 7, 7, 7};
        assertFalse(guest.write(table - 2, bytes, 0, 4));
        assertTrue(guest.read(table - 2, 2));
        assertEquals(0x0707, guest.value());
    }

    @Test
    void addressesOutsideOfTheGuestsReachFault() {
        long[] bad = {
            0xffff_8000_0000_0000L,
            0xffff_87ff_ffff_ffffL,
            0x0000_8000_0000_0000L,
            0x1234_0000_0000_0000L,
            0,
            SmallMachine.linear(PAGES),
            -1
        };
        for (long linear : bad) {
            assertFalse(guest.read(linear, 8), Long.toHexString(linear));
            assertFalse(guest.write(linear, 8, 0), Long.toHexString(linear));
        }
    }

    @Test
    void numbersAreLittleEndianAndZeroExtended() {
        long linear = SmallMachine.linear(2) + 4;
        assertTrue(guest.write(linear, 8, 0x8877_6655_4433_2281L));
        assertTrue(guest.read(linear, 1));
        assertEquals(0x81, guest.value());
        assertTrue(guest.read(linear, 2));
        assertEquals(0x2281, guest.value());
        assertTrue(guest.read(linear + 4, 4));
        assertEquals(0x8877_6655L, guest.value());
    }

    @Test
    void observerSeesWrites() {
        long mfn = machine.mfns[LAST_DATA_PFN];
        boolean[] seen = new boolean[1];
        machine.memory.setObserver((maddr, length) -> seen[0] |= maddr >>> 12 == mfn);
        machine.memory.addFlags(mfn, FrameFlags.LOG_DIRTY);
        assertTrue(guest.write(SmallMachine.linear(LAST_DATA_PFN) + 8, 8, 1));
        assertTrue(seen[0]);
    }
}
