package dev.vls.machine.xenstore;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The domains that exist, those that the store knows, and their quotas. */
final class StoreDomains {
    /** What the hypervisor has, whether the store ever heard of it or not. */
    final SortedSet<Integer> existing = new TreeSet<>();

    final SortedMap<Integer, StoreDomain> known = new TreeMap<>();
    final Map<StoreQuota, Integer> limits = StoreQuota.defaults();

    int limit(StoreQuota quota) {
        return Objects.requireNonNull(limits.get(quota));
    }

    @Nullable StoreDomain find(int domid) {
        return known.get(domid);
    }

    @Nullable StoreDomain findIntroduced(int domid) {
        StoreDomain domain = known.get(domid);
        return domain != null && domain.introduced ? domain : null;
    }

    /** A domain that exists gets its entry when something first refers to it. */
    @Nullable StoreDomain findOrAdd(int domid, long generation) {
        StoreDomain domain = known.get(domid);
        if (domain == null && existing.contains(domid)) {
            domain = new StoreDomain(domid, generation);
            known.put(domid, domain);
        }
        return domain;
    }

    Collection<StoreDomain> all() {
        return known.values();
    }

    /**
     * Counts bytes for a domain.
     *
     * @param checked to refuse what exceeds the quota
     * @return false if refused
     */
    boolean addMemory(int domid, int bytes, boolean checked) {
        StoreDomain domain = known.get(domid);
        if (domain == null) {
            return true;
        }
        if (checked && isOverMemory(domain, domain.memoryBytes + bytes)) {
            return false;
        }
        domain.memoryBytes += bytes;
        return true;
    }

    boolean isOverMemory(StoreDomain domain, int bytes) {
        boolean cutOff = domain.connection != null && domain.connection.error() != 0;
        int limit = limit(StoreQuota.MEMORY);
        return StoreDomain.isUnprivileged(domain.domid) && !cutOff && bytes >= limit;
    }
}
