package dev.vls.replay;

/** Takes the events of a ring, in their order, on a thread of its own. */
interface EventConsumer {
    /** The event is lent until this returns. */
    void take(RecordedEvent event);

    /** Nothing waits to be taken; called every few milliseconds. */
    default void idle() {}
}
