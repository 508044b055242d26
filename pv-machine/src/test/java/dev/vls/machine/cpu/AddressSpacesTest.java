package dev.vls.machine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.vls.machine.memory.Tlb;
import org.junit.jupiter.api.Test;

class AddressSpacesTest {
    private static final long PAGE = 0x5000;
    private static final int SLOT = Tlb.slot(PAGE);

    private final AddressSpaces spaces = new AddressSpaces();

    private Tlb enter(long root) {
        spaces.select(0, root);
        return spaces.ofMode(0).tlb;
    }

    @Test
    void aRootIsFoundAsItWasLeft() {
        enter(0x1000).fill(PAGE, 9, 0, true);
        assertEquals(Tlb.INVALID, enter(0x2000).readTag[SLOT]);
        assertEquals(PAGE, enter(0x1000).readTag[SLOT]);
    }

    @Test
    void framesAreDroppedUnderEveryRoot() {
        enter(0x1000).fill(PAGE, 9, 0, true);
        enter(0x2000).fill(PAGE, 9, 0, true);
        spaces.writeProtectFrame(9);
        assertEquals(Tlb.INVALID, enter(0x1000).writeTag[SLOT]);
        spaces.invalidateFrame(9);
        assertEquals(Tlb.INVALID, enter(0x1000).readTag[SLOT]);
        assertEquals(Tlb.INVALID, enter(0x2000).readTag[SLOT]);
    }

    @Test
    void aForgottenRootBeginsAfresh() {
        enter(0x1000).fill(PAGE, 9, 0, true);
        enter(0x2000);
        spaces.forgetRoot(0x1000);
        assertEquals(Tlb.INVALID, enter(0x1000).readTag[SLOT]);
        enter(0x1000).fill(PAGE, 9, 0, true);
        spaces.forgetRoot(0x1000);
        assertEquals(Tlb.INVALID, enter(0x1000).readTag[SLOT]);
    }

    @Test
    void aFlushReachesRootsThatAreNotInUse() {
        enter(0x1000).fill(PAGE, 9, 0, true);
        enter(0x2000).fill(PAGE, 9, 0, true);
        spaces.flush();
        assertEquals(Tlb.INVALID, enter(0x1000).readTag[SLOT]);
        assertEquals(Tlb.INVALID, enter(0x2000).readTag[SLOT]);
    }

    @Test
    void theOtherModeKeepsItsSpaceHoweverManyRootsThereAre() {
        spaces.select(1, 0xA000);
        Tlb user = spaces.ofMode(1).tlb;
        user.fill(PAGE, 9, 0, true);
        enter(0x1000).fill(PAGE, 9, 0, true);
        for (long root = 0x10_0000; root < 0x12_0000; root += 0x1000) {
            assertNotSame(user, enter(root));
            assertEquals(Tlb.INVALID, enter(root).readTag[SLOT]);
        }
        assertSame(user, spaces.ofMode(1).tlb);
        assertEquals(PAGE, user.readTag[SLOT]);
    }
}
