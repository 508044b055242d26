package dev.vls.replay;

/** Ends a replay that is not the run in its trace. */
public final class DivergenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final transient Divergence divergence;

    DivergenceException(Divergence divergence) {
        super(divergence.message());
        this.divergence = divergence;
    }
}
