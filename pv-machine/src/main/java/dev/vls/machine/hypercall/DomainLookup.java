package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.Domain;
import dev.vls.xen.abi.xen.DomainId;

/**
 * What a domain number in a hypercall's argument means. A machine has its guest and, as the domain
 * of the backends, a domain 0 that no guest may touch.
 */
final class DomainLookup {
    /** The calling domain. */
    static final int SELF = 0;

    /** Another domain: it exists and is none of the caller's business. */
    static final int OTHER = 1;

    /** DOMID_IO, where that is a domain. */
    static final int IO = 2;

    /** There is no such domain. */
    static final int NONE = 3;

    private static final int DOMID_BITS = 0xFFFF;
    private static final int CONTROL_DOMAIN = 0;

    private DomainLookup() {}

    /** rcu_lock_domain_by_id: a number of a domain, DOMID_SELF not among them. */
    static int byId(Domain domain, int domid) {
        int number = domid & DOMID_BITS;
        if (number == domain.id()) {
            return SELF;
        }
        return number == CONTROL_DOMAIN ? OTHER : NONE;
    }

    /** rcu_lock_domain_by_any_id: DOMID_SELF too. */
    static int byAnyId(Domain domain, int domid) {
        return (domid & DOMID_BITS) == DomainId.SELF ? SELF : byId(domain, domid);
    }

    /** get_pg_owner: DOMID_SELF but not the own number, DOMID_IO and DOMID_XEN. */
    static int pageOwner(Domain domain, int domid) {
        int number = domid & DOMID_BITS;
        if (number == domain.id()) {
            return NONE;
        }
        return switch (number) {
            case DomainId.SELF -> SELF;
            case DomainId.IO -> IO;
            case DomainId.XEN -> OTHER;
            default -> byId(domain, number);
        };
    }
}
