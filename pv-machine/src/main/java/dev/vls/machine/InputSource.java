package dev.vls.machine;

import org.jspecify.annotations.Nullable;

/**
 * Where inputs come from: the host, a virtual clock, or a recording. Asked on the machine's thread
 * only. A recorder stands in between and writes down what it passes on, with the place it was asked
 * at.
 */
public interface InputSource {
    /**
     * The instruction count up to which a vCPU may run before {@link #poll} is asked again. A
     * recording answers the count of its next input for this vCPU, a live source what it wants to
     * react in.
     *
     * @return greater than {@code instructionCount}; {@link Long#MAX_VALUE} for no matter
     */
    long runLimit(int vcpu, long instructionCount);

    /**
     * The next input to apply right here, before the instruction that makes the count {@code
     * instructionCount + 1}; called again until there is none.
     *
     * @param systemTime nanoseconds of machine time
     */
    @Nullable Input poll(int vcpu, long instructionCount, long systemTime);

    /**
     * No vCPU can run: waits for the next input. Idle time does not count, so that all inputs of a
     * pause carry one place.
     *
     * @param vcpu the vCPU that ran last
     * @param deadline machine time at which a timer expires, {@link Long#MAX_VALUE} for none
     * @return null if there will never be one
     */
    @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline);
}
