package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.control.ShutdownAction;
import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.xen.abi.sched.ShutdownReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONTROL inputs and the life of a domain, whatever executes the guest's code. */
@ParameterizedClass
@MethodSource("dev.vls.machine.ContractEngines#all")
final class MachineControlTest {
    private static final long STEP_LIMIT = 400_000_000;

    @Parameter private Engine engine = Engine.INTERPRETER;

    private TestMachine start(String guest, int vcpus, InputSource inputs) {
        return new TestMachine(guest, "", vcpus, inputs, engine);
    }

    @Test
    void pausedDomainTakesNoStepAndGoesOnWhenUnpaused() {
        ScriptedInputs inputs = new ScriptedInputs().at(0, 20_000, "pause");
        try (TestMachine test = start("hello", 1, inputs);
                TestMachine undisturbed = start("hello", 1, new VirtualClock())) {
            assertEquals(MachineExit.IDLE_FOREVER, test.machine.run(STEP_LIMIT));
            assertTrue(test.machine.domain().isPaused());
            assertEquals(20_000, test.machine.totalSteps());
            inputs.whenIdle("pause").whenIdle("unpause");
            assertEquals(MachineExit.SHUTDOWN, test.machine.run(STEP_LIMIT));
            assertEquals(List.of("pause", "pause: the domain is paused", "unpause"), test.controls);
            undisturbed.machine.run(STEP_LIMIT);
            assertEquals(undisturbed.console(), test.console());
            assertEquals(undisturbed.machine.totalSteps(), test.machine.totalSteps());
        }
    }

    @Test
    void timersThatExpireInAPauseActAfterIt() {
        long hour = 3_600_000_000_000L;
        ScriptedInputs inputs =
                new ScriptedInputs()
                        .whenIdle("pause")
                        .whenIdle(new Input.Clock(hour))
                        .whenIdle("unpause");
        try (TestMachine test = start("ticker", 1, inputs)) {
            assertEquals(MachineExit.SHUTDOWN, test.machine.run(STEP_LIMIT));
            assertTrue(test.machine.domain().time().now() > hour);
            assertFalse(test.console().contains("EARLY"), test.console());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"conformance/vcpus", "conformance/sched", "ticker"})
    void commandsAtTheSamePlacesGiveTheSameState(String guest) {
        long[] digests = new long[2];
        for (int i = 0; i < digests.length; i++) {
            ScriptedInputs inputs =
                    new ScriptedInputs()
                            .at(0, 9_000, "store-write /local/domain/1/data/a b c")
                            .at(0, 12_345, "pause")
                            .whenIdle("balloon 8192")
                            .whenIdle("sysrq h")
                            .whenIdle("unpause")
                            .at(0, 23_456, "shutdown poweroff");
            try (TestMachine test = start(guest, 2, inputs)) {
                test.machine.run(STEP_LIMIT);
                assertTrue(inputs.isAtEnd());
                digests[i] = test.digest();
            }
        }
        assertEquals(digests[0], digests[1]);
    }

    @Test
    void operatorCrashesTheDomain() {
        try (TestMachine test = start("hello", 1, new ScriptedInputs().at(0, 1_000, "crash"))) {
            assertEquals(MachineExit.SHUTDOWN, test.machine.run(STEP_LIMIT));
            Domain domain = test.machine.domain();
            assertEquals(ShutdownReason.CRASH, domain.shutdownReason());
            assertEquals(1_000, test.machine.totalSteps());
        }
    }

    @Test
    void whatCannotBeDoneIsRefusedAndLeavesNoTrace() {
        ScriptedInputs inputs =
                new ScriptedInputs()
                        .at(0, 1_000, "unpause")
                        .at(0, 1_000, "nmi 2")
                        .at(0, 1_000, "vcpus 3")
                        .at(0, 1_000, "balloon 16385")
                        .at(0, 1_000, "resume cancel")
                        .at(0, 1_000, "store-rm /no/such")
                        .at(0, 1_000, "store-write //x y");
        try (TestMachine test = start("hello", 2, inputs);
                TestMachine undisturbed = start("hello", 2, new VirtualClock())) {
            test.machine.run(STEP_LIMIT);
            assertEquals(
                    List.of(
                            "unpause: the domain is not paused",
                            "nmi 2: the domain has no vCPU 2",
                            "vcpus 3: the domain has 2 vCPUs at most",
                            "balloon 16385: the target of 16385 KiB is more than the domain's"
                                    + " maximum of 16384 KiB",
                            "resume cancel: the domain is not suspended",
                            "store-rm /no/such: xenstore RM /no/such: ENOENT: check the path and"
                                    + " that the domain still exists",
                            "store-write //x y: xenstore WRITE //x: EINVAL: check the path's"
                                    + " characters and length"),
                    test.controls);
            undisturbed.machine.run(STEP_LIMIT);
            assertEquals(undisturbed.digest(), test.digest());
        }
    }

    @Test
    void commandsThatAreNotesInTheStoreAreFoundThere() {
        ScriptedInputs inputs =
                new ScriptedInputs()
                        .at(0, 1_000, "shutdown reboot")
                        .at(0, 1_000, "sysrq s")
                        .at(0, 1_000, "balloon 12288")
                        .at(0, 1_000, "vcpus 1");
        try (TestMachine test = start("hello", 2, inputs)) {
            test.machine.run(2_000);
            assertEquals("reboot", test.stored("control/shutdown"));
            assertEquals("s", test.stored("control/sysrq"));
            assertEquals("12288", test.stored("memory/target"));
            assertEquals("online", test.stored("cpu/0/availability"));
            assertEquals("offline", test.stored("cpu/1/availability"));
        }
    }

    @Test
    void restartedDomainIsANewOneWhoseTimeAndPlacesGoOn() {
        try (TestMachine test = start("hello", 2, new VirtualClock());
                TestMachine other = start("hello", 2, new VirtualClock())) {
            Machine machine = test.machine;
            machine.run(STEP_LIMIT);
            long steps = machine.totalSteps();
            long time = machine.domain().time().now();
            machine.restart(test.image());
            assertEquals(2, machine.domain().id());
            // One for each vCPU, so that no place belongs to two lives.
            assertEquals(steps + 2, machine.totalSteps());
            assertEquals(time + 2, machine.domain().time().now());
            assertEquals("2", test.stored("domid"));
            assertFalse(machine.domain().isShutDown());
            String console = test.console();
            assertEquals(MachineExit.SHUTDOWN, machine.run(STEP_LIMIT));
            assertEquals(console + console, test.console());
            // A domain that is built in used memory finds what one in fresh memory finds.
            other.machine.run(STEP_LIMIT);
            other.machine.restart(other.image());
            other.machine.run(STEP_LIMIT);
            assertEquals(other.digest(), test.digest());
        }
    }

    @ParameterizedTest
    @EnumSource
    void reasonDecidesWhatBecomesOfTheDomain(ShutdownAction onReboot) {
        ShutdownActions actions =
                new ShutdownActions(
                        ShutdownAction.DESTROY,
                        onReboot,
                        ShutdownAction.DESTROY,
                        ShutdownAction.DESTROY);
        Conversation operator = new Conversation();
        try (TestMachine test = start("crash/reboot", 1, operator)) {
            operator.pass(2_000_000_000);
            DomainLife life =
                    new DomainLife(test.machine, actions, machine -> machine.restart(test.image()));
            test.machine.run(5_000);
            test.machine.domain().time().advance(1_000_000_000);
            assertEquals(MachineExit.SHUTDOWN, life.run(STEP_LIMIT));
            // The second life ends at once, and so has no third one.
            assertEquals(onReboot == ShutdownAction.RESTART ? 1 : 0, life.restarts());
            assertEquals(
                    onReboot == ShutdownAction.RESTART ? "reboot\nreboot\n" : "reboot\n",
                    test.console());
            assertEquals(onReboot == ShutdownAction.PRESERVE, operator.isAtEnd());
        }
    }
}
