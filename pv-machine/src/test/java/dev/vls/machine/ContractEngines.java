package dev.vls.machine;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.cpu.translate.TranslationQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/**
 * What the machine's contract is held against: an interpreter, a machine that goes from interpreted
 * to translated code and back all the time, and one that translates all that runs twice. What they
 * translate does not depend on the host.
 */
public final class ContractEngines {
    private ContractEngines() {}

    /** For {@code @MethodSource}. */
    public static Stream<Named<Engine>> all() {
        return Stream.of(
                Named.of("interpreter", Engine.INTERPRETER),
                Named.of("translator", mixed()),
                Named.of("everything translated", Engine.TRANSLATE_EVERYTHING));
    }

    /** Soon translates what is executed again and again, and has little room to keep it. */
    private static Engine mixed() {
        return Engine.translator(TranslationQueue.IMMEDIATE)
                .withThreshold(30)
                .withRoom(40, 1 << 20);
    }
}
