package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.state.StateSections;
import dev.vls.xen.abi.grant.GrantMapFlag;
import dev.vls.xen.abi.grant.GrantStatus;

/**
 * Mappings of grants by the guest itself (map_grant_ref, unmap_common, unmap_common_complete of
 * common/grant_table.c). The only grants that it can map are its own, for domain 0 grants nothing.
 */
public final class GrantMappings {
    /** Frames of handles that a domain may have: libxl's default. */
    private static final int TRACK_FRAMES_MAX = 1024;

    private static final int MAP_KINDS = GrantMapFlag.DEVICE_MAP | GrantMapFlag.HOST_MAP;
    private static final int FLAGS_KEPT = 0xFFFF;

    private final MemoryManager memory;
    private final GrantPins pins;
    private final ActiveGrants active;
    private final GrantPte pte;
    private final int vcpus;
    private MapTrack track;
    private final int selfDomid;

    // Results of the last call to map.
    private int handle;
    private long busAddress;

    public GrantMappings(GrantTable table, MemoryManager memory, int vcpus, int selfDomid) {
        this.memory = memory;
        this.pins = new GrantPins(table, memory.frames(), memory.machineMemory());
        this.active = table.active();
        this.pte = new GrantPte(memory);
        this.vcpus = vcpus;
        this.track = new MapTrack(vcpus, TRACK_FRAMES_MAX);
        this.selfDomid = selfDomid;
    }

    /** Forgets all handles; nothing is mapped. */
    public void renew() {
        track = new MapTrack(vcpus, TRACK_FRAMES_MAX);
    }

    MapTrack track() {
        return track;
    }

    /** The handle of the last mapping made. */
    public int handle() {
        return handle;
    }

    /** The machine address of the frame last mapped. */
    public long busAddress() {
        return busAddress;
    }

    /**
     * Maps a grant.
     *
     * @param hostAddress where, as the flags say; any number
     * @param flags {@link GrantMapFlag}
     * @param domid the granting domain
     * @return a {@link GrantStatus}
     */
    public int map(Vcpu vcpu, long hostAddress, int flags, int ref, int domid) {
        int added = counts(flags & MAP_KINDS, flags);
        if (added == 0) {
            return GrantStatus.BAD_GNTREF;
        }
        if (domid != selfDomid && domid != BackendGrants.DOMID) {
            return GrantStatus.BAD_DOMAIN;
        }
        int newHandle = track.get(vcpu.id);
        if (newHandle == MapTrack.NO_HANDLE) {
            return GrantStatus.NO_SPACE;
        }
        int result =
                domid == selfDomid
                        ? mapOwn(vcpu, hostAddress, flags, ref, added)
                        : BackendGrants.refusal(ref);
        if (result != GrantStatus.OKAY) {
            track.put(newHandle);
            return result;
        }
        track.set(newHandle, ref, domid, flags & FLAGS_KEPT);
        handle = newHandle;
        busAddress = active.mfn(ref) << PAGE_SHIFT;
        return GrantStatus.OKAY;
    }

    private static int counts(int kinds, int flags) {
        boolean readOnly = (flags & GrantMapFlag.READONLY) != 0;
        int added = 0;
        if ((kinds & GrantMapFlag.DEVICE_MAP) != 0) {
            added += readOnly ? ActiveGrants.DEVICE_READ : ActiveGrants.DEVICE_WRITE;
        }
        if ((kinds & GrantMapFlag.HOST_MAP) != 0) {
            added += readOnly ? ActiveGrants.HOST_READ : ActiveGrants.HOST_WRITE;
        }
        return added;
    }

    private int mapOwn(Vcpu vcpu, long hostAddress, int flags, int ref, int added) {
        boolean readOnly = (flags & GrantMapFlag.READONLY) != 0;
        int result = pins.pinForMapping(ref, selfDomid, readOnly, added);
        if (result != GrantStatus.OKAY) {
            return result;
        }
        long mfn = active.mfn(ref);
        // The pin brought one reference; one more for the second kind.
        int kinds = Integer.bitCount(flags & MAP_KINDS);
        int references = 1;
        int typeReferences = 0;
        boolean pinned = true;
        while (pinned && references < kinds) {
            pinned = memory.frames().getPage(mfn, FrameOwner.GUEST);
            references += pinned ? 1 : 0;
        }
        while (pinned && !readOnly && typeReferences < kinds) {
            pinned = memory.types().getType(mfn, PageType.WRITABLE) == 0;
            typeReferences += pinned ? 1 : 0;
        }
        if (pinned
                && ((flags & GrantMapFlag.HOST_MAP) == 0
                        || pte.create(vcpu, hostAddress, mfn, flags) == GrantStatus.OKAY)) {
            return GrantStatus.OKAY;
        }
        for (int i = 0; i < typeReferences; i++) {
            memory.types().putType(mfn);
        }
        for (int i = 0; i < references; i++) {
            memory.frames().putPage(mfn);
        }
        pins.unpin(ref, readOnly, added);
        return GrantStatus.GENERAL_ERROR;
    }

    /**
     * Ends a mapping, or the kinds of it that addresses are given for.
     *
     * @param newAddress linear address whose page takes the mapping's place, 0 for none
     * @param oldHandle any number
     * @return a {@link GrantStatus}
     */
    public int unmap(
            Vcpu vcpu, long hostAddress, long deviceAddress, long newAddress, int oldHandle) {
        if (Integer.compareUnsigned(oldHandle, track.handles()) >= 0
                || track.flags(oldHandle) == 0) {
            return GrantStatus.BAD_HANDLE;
        }
        int flags = track.flags(oldHandle);
        int ref = track.ref(oldHandle);
        long mfn = active.mfn(ref);
        boolean device = deviceAddress != 0 && (flags & GrantMapFlag.DEVICE_MAP) != 0;
        if (device && deviceAddress != mfn << PAGE_SHIFT) {
            return GrantStatus.BAD_DEV_ADDR;
        }
        int ended = 0;
        if (hostAddress != 0 && (flags & GrantMapFlag.HOST_MAP) != 0) {
            int result = pte.replace(vcpu, hostAddress, mfn, newAddress, flags);
            if (result != GrantStatus.OKAY) {
                return result;
            }
            ended |= GrantMapFlag.HOST_MAP;
        }
        if (device) {
            ended |= GrantMapFlag.DEVICE_MAP;
        }
        if (ended != 0) {
            complete(ref, mfn, ended, flags);
        }
        int left = flags & ~ended;
        if ((left & MAP_KINDS) == 0) {
            track.setFlags(oldHandle, 0);
            track.put(oldHandle);
        } else {
            track.setFlags(oldHandle, left);
        }
        return GrantStatus.OKAY;
    }

    private void complete(int ref, long mfn, int ended, int flags) {
        boolean readOnly = (flags & GrantMapFlag.READONLY) != 0;
        for (int i = 0; i < Integer.bitCount(ended); i++) {
            if (!readOnly) {
                memory.types().putType(mfn);
            }
            memory.frames().putPage(mfn);
        }
        pins.unpin(ref, readOnly, counts(ended, flags));
    }

    /** The handles; what they map is counted by the grants and the frame table. */
    public void state(StateSections sections) {
        sections.section("maptrack", track::state);
    }
}
