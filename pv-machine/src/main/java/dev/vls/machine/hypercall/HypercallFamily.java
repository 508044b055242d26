package dev.vls.machine.hypercall;

/** A class of related hypercalls; it adds its rows to the table of its domain. */
@FunctionalInterface
public interface HypercallFamily {
    void register(HypercallTable.Builder table);
}
