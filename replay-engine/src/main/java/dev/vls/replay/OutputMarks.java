package dev.vls.replay;

/**
 * Whether the log is to say how far the run has come: an output may be let out once a follower
 * knows that it has to go as far. A mark is a digest of outputs, published at the first place
 * behind them at which the machine asks for inputs. The machine's thread.
 */
interface OutputMarks {
    /** Nobody wants to know. */
    OutputMarks NONE =
            new OutputMarks() {
                @Override
                public boolean areWanted() {
                    return false;
                }

                @Override
                public void marked(long event) {}
            };

    /** Whether something was put out since the last mark that waits to be let out. */
    boolean areWanted();

    /**
     * A mark was published.
     *
     * @param event its number
     */
    void marked(long event);
}
