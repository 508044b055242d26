package dev.vls.machine.control;

import java.util.Locale;

/** What becomes of a domain that has shut down. */
public enum ShutdownAction {
    /** The machine ends. */
    DESTROY,
    /** A new domain is built from the same files and configuration. */
    RESTART,
    /** It stays for operators to look at, until one ends the machine. */
    PRESERVE;

    /** As in the toolstack's configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
