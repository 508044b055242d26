package dev.vls.machine.xenstore;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an unprivileged domain may use up; names and defaults are xenstored's. */
enum StoreQuota {
    NODES("nodes", 1000, "Nodes per domain"),
    WATCHES("watches", 128, "Watches per domain"),
    TRANSACTIONS("transactions", 10, "Transactions per domain"),
    OUTSTANDING("outstanding", 20, "Outstanding requests per domain"),
    TRANSACTION_NODES("transaction-nodes", 1024, "Max. number of accessed nodes per transaction"),
    MEMORY("memory", 2560 << 10, "Total Xenstore memory per domain (error level)"),
    NODE_SIZE("node-size", 2048, "Max. size of a node"),
    PATH_LENGTH("path-max", 2048, "Max. length of a node path"),
    PERMISSIONS("permissions", 5, "Max. number of permissions per node"),
    /** Only reported: the store warns nobody. */
    MEMORY_SOFT("memory", 2048 << 10, "Total Xenstore memory per domain (warning level)");

    final String wireName;
    final int byDefault;
    final String description;

    StoreQuota(String wireName, int byDefault, String description) {
        this.wireName = wireName;
        this.byDefault = byDefault;
        this.description = description;
    }

    boolean isSoft() {
        return this == MEMORY_SOFT;
    }

    static @Nullable StoreQuota named(String name, boolean soft) {
        for (StoreQuota quota : values()) {
            if (quota.isSoft() == soft && quota.wireName.equals(name)) {
                return quota;
            }
        }
        return null;
    }

    /** The limits that a new store has. */
    static Map<StoreQuota, Integer> defaults() {
        Map<StoreQuota, Integer> limits = new EnumMap<>(StoreQuota.class);
        for (StoreQuota quota : values()) {
            limits.put(quota, quota.byDefault);
        }
        return limits;
    }
}
