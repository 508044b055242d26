package dev.vls.machine.host.events;

/** What can happen at the machine's boundaries. */
public enum EventKind {
    HYPERCALL,
    FAULT,
    UPCALL,
    EVENT,
    TIMER,
    INPUT
}
