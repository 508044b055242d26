package dev.vls.machine.device.net;

import dev.vls.machine.state.StateFields;
import java.util.ArrayList;
import java.util.List;

/** The multicast addresses that the guest wants frames for, once it asked for a filter. */
final class MulticastFilter {
    /** Addresses that the guest may add, as many as xen-netback takes. */
    static final int ADDRESSES_MAX = 64;

    private final List<Long> addresses = new ArrayList<>();
    private boolean enabled;

    void setEnabled(boolean on) {
        enabled = on;
    }

    /**
     * Adds an address; one that is added twice has to be removed twice.
     *
     * @param address 48 bits, the first byte on top
     * @return false if there are too many
     */
    boolean add(long address) {
        return addresses.size() < ADDRESSES_MAX && addresses.add(address);
    }

    void remove(long address) {
        addresses.remove((Long) address);
    }

    void clear() {
        addresses.clear();
        enabled = false;
    }

    /** Whether the guest is to have a frame. Broadcasts are no multicast here. */
    boolean accepts(byte[] frame) {
        if (!enabled || (frame[0] & 1) == 0) {
            return true;
        }
        long destination = 0;
        for (int i = 0; i < 6; i++) {
            destination = (destination << 8) | (frame[i] & 0xFF);
        }
        return destination == 0xFFFF_FFFF_FFFFL || addresses.contains(destination);
    }

    void state(StateFields s) {
        enabled = s.flag("enabled", enabled);
        List<Long> all =
                s.list(
                        "addresses",
                        addresses,
                        ADDRESSES_MAX,
                        address -> s.int64("address", address == null ? 0 : address));
        addresses.clear();
        addresses.addAll(all);
    }
}
