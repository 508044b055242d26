package dev.vls.machine.grant;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.state.StateFields;
import java.util.Arrays;

/**
 * The handles of a domain's grant mappings (Xen's maptrack): each vCPU has a queue of free ones, so
 * that a handle is used again as late as possible; a vCPU without any takes from another.
 */
final class MapTrack {
    static final int NO_HANDLE = -1;

    private static final int ENTRY_BYTES = 16;
    private static final int PER_FRAME = PAGE_SIZE / ENTRY_BYTES;
    private static final int TAIL = -1;

    private final int framesMax;
    private final int[] head;
    private final int[] tail;

    /** The reference of a mapping, or the next free handle. */
    private int[] ref = {};

    private int[] flags = {};
    private int[] domid = {};
    private int[] vcpu = {};

    MapTrack(int vcpus, int framesMax) {
        this.framesMax = framesMax;
        head = new int[vcpus];
        tail = new int[vcpus];
        Arrays.fill(head, TAIL);
        Arrays.fill(tail, TAIL);
    }

    /** Handles are below this. */
    int handles() {
        return ref.length;
    }

    int ref(int handle) {
        return ref[handle];
    }

    /** Of a mapping that lives; 0 for a handle that is free. */
    int flags(int handle) {
        return flags[handle];
    }

    int domid(int handle) {
        return domid[handle];
    }

    void set(int handle, int newRef, int newDomid, int newFlags) {
        ref[handle] = newRef;
        domid[handle] = newDomid;
        flags[handle] = newFlags;
    }

    void setFlags(int handle, int newFlags) {
        flags[handle] = newFlags;
    }

    /** Takes a free handle, or {@link #NO_HANDLE}. */
    int get(int vcpuId) {
        int handle = dequeue(vcpuId);
        if (handle != NO_HANDLE) {
            return handle;
        }
        if (handles() / PER_FRAME < framesMax) {
            return grow(vcpuId);
        }
        if (tail[vcpuId] == TAIL) {
            // The queue always keeps one handle, to which others are added.
            int first = steal(vcpuId);
            if (first == NO_HANDLE) {
                return NO_HANDLE;
            }
            ref[first] = TAIL;
            tail[vcpuId] = first;
            head[vcpuId] = first;
        }
        return steal(vcpuId);
    }

    /** Gives a handle back to the vCPU that it belongs to. */
    void put(int handle) {
        int owner = vcpu[handle];
        ref[handle] = TAIL;
        ref[tail[owner]] = handle;
        tail[owner] = handle;
    }

    private int dequeue(int vcpuId) {
        int first = head[vcpuId];
        if (first == TAIL || ref[first] == TAIL) {
            return NO_HANDLE;
        }
        head[vcpuId] = ref[first];
        return first;
    }

    /** Xen begins with a random vCPU; here it is the next one. */
    private int steal(int vcpuId) {
        for (int i = 1; i <= head.length; i++) {
            int handle = dequeue((vcpuId + i) % head.length);
            if (handle != NO_HANDLE) {
                vcpu[handle] = vcpuId;
                return handle;
            }
        }
        return NO_HANDLE;
    }

    private int grow(int vcpuId) {
        int first = handles();
        int size = first + PER_FRAME;
        ref = Arrays.copyOf(ref, size);
        flags = Arrays.copyOf(flags, size);
        domid = Arrays.copyOf(domid, size);
        vcpu = Arrays.copyOf(vcpu, size);
        for (int handle = first; handle < size; handle++) {
            ref[handle] = handle + 1;
            vcpu[handle] = vcpuId;
        }
        if (tail[vcpuId] == TAIL) {
            tail[vcpuId] = size - 1;
        }
        ref[size - 1] = head[vcpuId];
        head[vcpuId] = first + 1;
        return first;
    }

    void state(StateFields s) {
        int handles = s.count("handles", handles(), framesMax * PER_FRAME);
        if (s.restores()) {
            ref = new int[handles];
            flags = new int[handles];
            domid = new int[handles];
            vcpu = new int[handles];
        }
        s.ints("head", head);
        s.within("head", head, TAIL, handles - 1);
        s.ints("tail", tail);
        s.within("tail", tail, TAIL, handles - 1);
        s.ints("ref", ref);
        s.ints("flags", flags);
        s.ints("domid", domid);
        s.ints("vcpu", vcpu);
        s.within("vcpu", vcpu, 0, head.length - 1);
        for (int handle = 0; handle < handles; handle++) {
            if (tail[vcpu[handle]] == TAIL) {
                throw s.refusal("tail", "a handle belongs to no queue");
            }
            if (flags[handle] == 0 && (ref[handle] < TAIL || ref[handle] >= handles)) {
                throw s.refusal("ref", "a list of free handles leads nowhere");
            }
        }
    }
}
