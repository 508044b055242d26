package dev.vls.machine.xenstore;

/**
 * The machine's end of a domain's connection: its ring page and event channel. The store calls it
 * when the toolstack introduces or releases a domain.
 */
public interface DomainLinks {
    /** No rings: connections are fed by hand. */
    DomainLinks NONE =
            new DomainLinks() {
                @Override
                public boolean attach(int domid, int port, StoreConnection connection) {
                    return true;
                }

                @Override
                public void reset(int domid) {}

                @Override
                public void detach(int domid) {}
            };

    /**
     * Carries a domain's ring to a connection from now on, or, if it is carried already, over
     * another event channel.
     *
     * @param port the domain's unbound event channel
     * @return false if there is no such domain, page or port
     */
    boolean attach(int domid, int port, StoreConnection connection);

    /** Sets the ring's indices to zero; a domain that waits to be reconnected is told. */
    void reset(int domid);

    /** The connection is gone. */
    void detach(int domid);
}
