package dev.vls.machine.grant;

import dev.vls.machine.frames.GuestReservation;
import dev.vls.machine.frames.MachineToPhys;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.xen.abi.grant.GrantFlag;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * Transfers of frames to who accepts them (gnttab_transfer of common/grant_table.c). The frame is
 * taken first and lost if something is wrong later. The guest itself is the only one who accepts
 * any.
 */
public final class GrantTransfer {
    private final GrantTable table;
    private final GuestReservation reservation;
    private final MachineToPhys machineToPhys;
    private final int selfDomid;

    public GrantTransfer(GrantTable table, MemoryManager memory, int selfDomid) {
        this.table = table;
        this.reservation = memory.reservation();
        this.machineToPhys = memory.machineToPhys();
        this.selfDomid = selfDomid;
    }

    /**
     * Transfers a frame.
     *
     * @param mfn any number
     * @param domid to whom
     * @param ref the entry that accepts it, any number
     * @return a {@link GrantStatus}
     */
    public int transfer(long mfn, int domid, int ref) {
        if (!reservation.steal(mfn)) {
            return GrantStatus.BAD_PAGE;
        }
        int result = GrantStatus.GENERAL_ERROR;
        if (domid == selfDomid) {
            if (reservation.pages() < reservation.pagesMax() && isAccepted(ref)) {
                reservation.giveBack(mfn);
                machineToPhys.set(mfn, table.frame(ref));
                table.setFrame(ref, mfn);
                table.setFlags(ref, table.flags(ref) | GrantFlag.TRANSFER_COMPLETED);
                return GrantStatus.OKAY;
            }
        } else if (domid != BackendGrants.DOMID) {
            result = GrantStatus.BAD_DOMAIN;
        }
        reservation.releaseStolen(mfn);
        return result;
    }

    private boolean isAccepted(int ref) {
        if (Integer.compareUnsigned(ref, table.entries()) >= 0
                || table.flags(ref) != GrantFlag.ACCEPT_TRANSFER
                || table.domid(ref) != selfDomid) {
            return false;
        }
        table.setFlags(ref, table.flags(ref) | GrantFlag.TRANSFER_COMMITTED);
        return true;
    }
}
