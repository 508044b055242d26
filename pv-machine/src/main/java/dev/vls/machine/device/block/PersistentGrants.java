package dev.vls.machine.device.block;

import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.state.StateFields;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pages that stay mapped because the frontend uses the same ones again and again. When there are
 * too many, those go that were not used for longest and are in no request now.
 */
final class PersistentGrants {
    /** {@code max_persistent_grants} of xen-blkback. */
    private static final int MAX = 1056;

    private static final int IN_REQUESTS_MAX = BlockBackend.PENDING_MAX * BlockRequest.SEGMENTS_MAX;

    private static final class Mapping {
        final long mfn;
        int requests;

        Mapping(long mfn) {
            this.mfn = mfn;
        }
    }

    private final BackendGrants grants;

    /** By reference, the least recently used first. */
    private final Map<Integer, Mapping> mappings = new LinkedHashMap<>(16, 0.75f, true);

    PersistentGrants(BackendGrants grants) {
        this.grants = grants;
    }

    /**
     * Uses a page for a request, for reading and writing.
     *
     * @param ref any number that a guest may send
     * @return the mfn, or a negative {@link dev.vls.xen.abi.grant.GrantStatus}
     */
    long use(int ref) {
        Mapping mapping = mappings.get(ref);
        if (mapping == null) {
            long mfn = grants.map(ref, false);
            if (mfn < 0) {
                return mfn;
            }
            mapping = new Mapping(mfn);
            mappings.put(ref, mapping);
        }
        mapping.requests++;
        return mapping.mfn;
    }

    /** A request is through with a page. */
    void release(int ref) {
        Mapping mapping = mappings.get(ref);
        if (mapping == null || mapping.requests == 0) {
            throw new IllegalStateException("grant " + ref + " is in no request");
        }
        mapping.requests--;
        if (mappings.size() > MAX) {
            evict();
        }
    }

    private void evict() {
        Iterator<Map.Entry<Integer, Mapping>> oldest = mappings.entrySet().iterator();
        while (mappings.size() > MAX && oldest.hasNext()) {
            Map.Entry<Integer, Mapping> entry = oldest.next();
            if (entry.getValue().requests == 0) {
                grants.unmap(entry.getKey(), false);
                oldest.remove();
            }
        }
    }

    /** Gives all pages back; no request uses any. */
    void clear() {
        mappings.keySet().forEach(ref -> grants.unmap(ref, false));
        mappings.clear();
    }

    /**
     * The mappings in the order of their use; grants and frame table count them.
     *
     * @param frames of the machine
     */
    void state(StateFields s, long frames) {
        // Requests in flight may hold more than stay.
        int count = s.count("mappings", mappings.size(), MAX + IN_REQUESTS_MAX);
        int[] refs = new int[count];
        long[] mfns = new long[count];
        int[] requests = new int[count];
        int at = 0;
        for (Map.Entry<Integer, Mapping> mapping : mappings.entrySet()) {
            if (at < count) {
                refs[at] = mapping.getKey();
                mfns[at] = mapping.getValue().mfn;
                requests[at++] = mapping.getValue().requests;
            }
        }
        s.ints("refs", refs);
        s.longs("mfns", mfns);
        s.within("mfns", mfns, 0, frames - 1);
        s.ints("requests", requests);
        mappings.clear();
        for (int i = 0; i < count; i++) {
            Mapping mapping = new Mapping(mfns[i]);
            mapping.requests = requests[i];
            mappings.put(refs[i], mapping);
        }
    }
}
