package dev.vls.migration;

/** How a guest is sent to another host. */
public enum Strategy {
    /**
     * In rounds while it runs, then as it is at an instant; it runs on, and the other side replays
     * behind it until it may go on for it.
     */
    SEMI_ACTIVE("semi-active"),
    /** In rounds while it runs; it stands still for the last one. */
    PRE_COPY("pre-copy"),
    /** It stands still all the while. */
    STOP_AND_COPY("stop-and-copy");

    private final String word;

    Strategy(String word) {
        this.word = word;
    }

    /** As users write it. */
    @Override
    public String toString() {
        return word;
    }
}
