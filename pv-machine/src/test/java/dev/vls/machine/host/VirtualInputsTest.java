package dev.vls.machine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.vls.machine.Input;
import org.junit.jupiter.api.Test;

/** Where inputs are given to a machine whose time is its instruction count. */
class VirtualInputsTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final HostInputs offered = new HostInputs();
    private final VirtualInputs inputs = new VirtualInputs(offered, 0);
    private final Input typed = new Input.ConsoleIn(new byte[1]);
    private final Input first = new Input.BlockDone(0, 1, 0);
    private final Input second = new Input.BlockDone(0, 2, 0);

    @Test
    void anAnswerIsGivenAnInstructionLaterWhateverUsersType() {
        offered.offer(typed);
        assertNull(inputs.poll(0, 100, 0));
        assertEquals(NEVER, inputs.runLimit(0, 100));
        inputs.answer(first);
        inputs.answer(second);
        assertEquals(101, inputs.runLimit(0, 100));
        assertEquals(first, inputs.poll(0, 101, 0));
        assertEquals(second, inputs.poll(0, 101, 0));
        assertNull(inputs.poll(0, 101, 0));
        assertEquals(NEVER, inputs.runLimit(0, 101));
    }

    @Test
    void aMachineThatWaitsGetsAnswersBeforeWhatUsersTypeAndTimersLast() {
        offered.offer(typed);
        inputs.answer(first);
        assertEquals(first, inputs.await(0, 100, 0, 5_000));
        assertEquals(typed, inputs.await(0, 100, 0, 5_000));
        assertEquals(new Input.Clock(4_000), inputs.await(0, 100, 1_000, 5_000));
    }

    @Test
    void theLastSourceThatEndsEndsTheWait() {
        offered.open();
        offered.offer(typed);
        offered.close();
        assertEquals(typed, inputs.await(0, 100, 0, NEVER));
        assertNull(inputs.await(0, 100, 0, NEVER));
    }
}
