package dev.vls.machine.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A hypercall in progress: its number, its arguments, and whether it is to be continued. Where Xen
 * preempts a long operation it rewrites the arguments and lets the guest execute the instruction
 * again; so does {@link #continueWith}, after an amount of work instead of a time. One instance per
 * vCPU.
 */
public final class HypercallCall {
    /** Units of work (entries of a batch, frames, …) that one execution of a hypercall may do. */
    public static final int WORK_LIMIT = 4096;

    /** RDI, RSI, RDX, R10, R8, R9; Xen 4.17 has no call with more than five. */
    public final long[] argument = new long[6];

    private long number;
    private final int[] work;
    private boolean continued;
    private @Nullable HypercallCall inner;

    HypercallCall() {
        this(new int[1]);
    }

    private HypercallCall(int[] work) {
        this.work = work;
    }

    /** Starts a call with the arguments that are set next. */
    public void begin(long newNumber) {
        number = newNumber;
        continued = false;
    }

    void beginWork() {
        work[0] = 0;
    }

    /** What the guest put in RAX. */
    public long number() {
        return number;
    }

    /** Argument truncated to the 32 bits that C's {@code int} and {@code unsigned int} have. */
    public int intArgument(int index) {
        return (int) argument[index];
    }

    /** Counts one unit of work; true when it is time to {@link #continueWith} what is left. */
    public boolean preempt() {
        work[0]++;
        return work[0] >= WORK_LIMIT;
    }

    /**
     * Ends this execution; the guest (or the multicall around it) calls again with the arguments as
     * they are now, changed by the caller before. {@code return call.continueWith()}.
     */
    public long continueWith() {
        continued = true;
        return 0;
    }

    /** Whether the call that was dispatched last is to be continued. */
    public boolean isContinued() {
        return continued;
    }

    /** The call for the entries of a multicall; their work counts as this call's. */
    public HypercallCall inner() {
        HypercallCall existing = inner;
        if (existing == null) {
            existing = new HypercallCall(work);
            inner = existing;
        }
        return existing;
    }
}
