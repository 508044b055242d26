package dev.vls.machine.grant;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.grant.GrantEntryV1;
import dev.vls.xen.abi.grant.GrantFlag;

/** The guest's own hand on its grant table of version 1. */
public final class GuestGrants {
    private final GrantTable table;
    private final MachineMemory memory;

    public GuestGrants(GrantTable table, MachineMemory memory) {
        this.table = table;
        this.memory = memory;
    }

    /** Grants a frame to domain 0. */
    public void grant(int ref, long mfn, boolean readOnly) {
        int flags = GrantFlag.PERMIT_ACCESS | (readOnly ? GrantFlag.READONLY : 0);
        memory.setShort(table.entryMaddr(ref) + GrantEntryV1.DOMID, BackendGrants.DOMID);
        table.setFrame(ref, mfn);
        memory.setShort(table.entryMaddr(ref) + GrantEntryV1.FLAGS, flags);
    }

    /** Takes a grant back. */
    public void revoke(int ref) {
        memory.setShort(table.entryMaddr(ref) + GrantEntryV1.FLAGS, 0);
    }

    /** Whether domain 0 has the frame mapped. */
    public boolean isInUse(int ref) {
        return (table.status(ref) & (GrantFlag.READING | GrantFlag.WRITING)) != 0;
    }
}
