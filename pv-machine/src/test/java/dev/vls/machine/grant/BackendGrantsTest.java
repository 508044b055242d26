package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.grant.GrantEntryV1;
import dev.vls.xen.abi.grant.GrantEntryV2;
import dev.vls.xen.abi.grant.GrantFlag;
import dev.vls.xen.abi.grant.GrantStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grants of the guest as the backends use them. */
class BackendGrantsTest {
    private static final int REF = 20;
    private static final int PFN = 7;
    private static final int USES = GrantFlag.READING | GrantFlag.WRITING;

    private final SmallMachine machine = new SmallMachine(32, 1);
    private final GrantTable table = machine.grants;
    private final BackendGrants backend = new BackendGrants(table, machine.manager);
    private final GrantCopy copy = new GrantCopy(table, machine.manager);
    private final long mfn = machine.mfns[PFN];

    private void grant(int flags) {
        long entry = table.entryMaddr(REF);
        machine.memory.setShort(entry + GrantEntryV1.FLAGS, flags);
        machine.memory.setShort(entry + GrantEntryV1.DOMID, BackendGrants.DOMID);
        table.setFrame(REF, mfn);
    }

    private void audit(boolean mapped, boolean writable) {
        long[] pages = mapped ? new long[] {mfn} : new long[0];
        FrameAudit.check(machine, pages, writable ? pages : new long[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aMappingShowsInTheEntryAndHoldsTheFrame(int version) {
        assertEquals(0, table.setVersion(version));
        grant(GrantFlag.PERMIT_ACCESS);
        assertEquals(mfn, backend.map(REF, false));
        assertEquals(USES, table.status(REF) & USES);
        audit(true, true);
        assertEquals(mfn, backend.map(REF, true));
        backend.unmap(REF, false);
        assertEquals(GrantFlag.READING, table.status(REF) & USES);
        audit(true, false);
        backend.unmap(REF, true);
        assertEquals(0, table.status(REF) & USES);
        audit(false, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatTheEntryDoesNotAllowIsRefused(int version) {
        assertEquals(0, table.setVersion(version));
        assertEquals(GrantStatus.GENERAL_ERROR, backend.map(REF, true));
        assertEquals(GrantStatus.BAD_GNTREF, backend.map(table.entries(), true));
        assertEquals(GrantStatus.BAD_GNTREF, backend.map(-1, true));
        grant(GrantFlag.PERMIT_ACCESS | GrantFlag.READONLY);
        assertEquals(GrantStatus.GENERAL_ERROR, backend.map(REF, false));
        assertEquals(mfn, backend.map(REF, true));
        backend.unmap(REF, true);
        table.setFrame(REF, 3);
        assertEquals(GrantStatus.BAD_PAGE, backend.map(REF, true));
        assertEquals(0, table.status(REF) & USES);
        audit(false, false);
    }

    @Test
    void aTableCannotBeMappedForWriting() {
        grant(GrantFlag.PERMIT_ACCESS);
        table.setFrame(REF, machine.l1Mfn);
        assertEquals(GrantStatus.GENERAL_ERROR, backend.map(REF, false));
        assertEquals(0, table.status(REF) & USES);
        audit(false, false);
    }

    @Test
    void aMappedFrameOutlivesTheGuestsReservation() {
        grant(GrantFlag.PERMIT_ACCESS);
        backend.map(REF, true);
        long pages = machine.manager.reservation().pages();
        assertTrue(machine.manager.reservation().remove(mfn));
        assertEquals(pages, machine.manager.reservation().pages());
        backend.unmap(REF, true);
        FrameAudit.check(machine);
    }

    @Test
    void usedEntriesKeepTheVersion() {
        grant(GrantFlag.PERMIT_ACCESS);
        backend.map(REF, true);
        assertEquals(-XenErrno.EBUSY, table.setVersion(2));
        backend.unmap(REF, true);
        assertEquals(0, table.setVersion(2));
        assertEquals(0, table.setVersion(1));
        FrameAudit.check(machine);
    }

    @Test
    void copiesReachTheFrameWithinItsBounds() {
        grant(GrantFlag.PERMIT_ACCESS);
        byte[] written = {1, 2, 3, 4};
        byte[] read = new byte[4];
        assertEquals(GrantStatus.OKAY, copy.write(REF, 4092, written, 0, 4));
        assertEquals(0x04030201, machine.memory.getInt((mfn << PAGE_SHIFT) + 4092));
        assertEquals(GrantStatus.OKAY, copy.read(REF, 4092, read, 0, 4));
        assertArrayEquals(written, read);
        assertEquals(GrantStatus.BAD_COPY_ARG, copy.read(REF, 4093, read, 0, 4));
        audit(false, false);
    }

    @Test
    void aPartOfAPageIsAllThatItsGrantGives() {
        assertEquals(0, table.setVersion(2));
        grant(GrantFlag.PERMIT_ACCESS | GrantFlag.SUB_PAGE);
        long entry = table.entryMaddr(REF);
        machine.memory.setShort(entry + GrantEntryV2.SUB_PAGE_PAGE_OFF, 100);
        machine.memory.setShort(entry + GrantEntryV2.SUB_PAGE_LENGTH, 8);
        byte[] buffer = new byte[8];
        assertEquals(GrantStatus.OKAY, copy.read(REF, 100, buffer, 0, 8));
        assertEquals(GrantStatus.GENERAL_ERROR, copy.read(REF, 99, buffer, 0, 8));
        assertEquals(GrantStatus.GENERAL_ERROR, copy.read(REF, 101, buffer, 0, 8));
        assertEquals(GrantStatus.GENERAL_ERROR, backend.map(REF, true));
        audit(false, false);
    }

    @Test
    void mappingsAreCountedUpToXensLimit() {
        grant(GrantFlag.PERMIT_ACCESS);
        int count = 0;
        while (backend.map(REF, true) == mfn) {
            count++;
        }
        assertEquals(128, count);
        while (count-- > 0) {
            backend.unmap(REF, true);
        }
        audit(false, false);
    }
}
