package dev.vls.machine.xenstore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Who may do what with a node: the owner's entry first.
 *
 * @param entries one or more
 */
record StorePermissions(List<StorePermission> entries) {
    StorePermissions {
        entries = List.copyOf(entries);
    }

    static StorePermissions ownedBy(int domid) {
        return new StorePermissions(List.of(new StorePermission(domid, StorePermission.NONE)));
    }

    int owner() {
        return entries.getFirst().domid();
    }

    /** What a connection may do ({@code perm_for_conn}). */
    int accessOf(StoreConnection connection) {
        if (!connection.isUnprivileged() || connection.actsFor(owner())) {
            return StorePermission.EVERYTHING;
        }
        for (StorePermission entry : entries.subList(1, entries.size())) {
            if (!entry.isIgnored() && connection.actsFor(entry.domid())) {
                return entry.access() & StorePermission.EVERYTHING;
            }
        }
        return entries.getFirst().access() & StorePermission.EVERYTHING;
    }

    StorePermissions withOwner(int domid) {
        List<StorePermission> changed = new ArrayList<>(entries);
        changed.set(0, new StorePermission(domid, entries.getFirst().access()));
        return new StorePermissions(changed);
    }

    /** Takes the rights of domains that the predicate names, but never the owner's. */
    StorePermissions ignoring(IntPredicate domids) {
        boolean none = true;
        for (int i = 1; i < entries.size() && none; i++) {
            none = entries.get(i).isIgnored() || !domids.test(entries.get(i).domid());
        }
        if (none) {
            return this;
        }
        List<StorePermission> changed = new ArrayList<>();
        for (StorePermission entry : entries) {
            boolean taken = !changed.isEmpty() && !entry.isIgnored() && domids.test(entry.domid());
            changed.add(taken ? entry.ignored() : entry);
        }
        return new StorePermissions(changed);
    }

    /** Forgets a domain that is gone; what it owned falls to domain 0. */
    StorePermissions without(int domid) {
        List<StorePermission> left = new ArrayList<>();
        left.add(
                owner() == domid
                        ? new StorePermission(0, entries.getFirst().access())
                        : entries.getFirst());
        for (StorePermission entry : entries.subList(1, entries.size())) {
            if (entry.domid() != domid) {
                left.add(entry);
            }
        }
        return new StorePermissions(left);
    }

    /** The wire's form: each entry with a NUL behind it. */
    String toWire() {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry -> text.append(entry).append('\0'));
        return text.toString();
    }
}
