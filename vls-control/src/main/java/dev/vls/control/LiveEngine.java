package dev.vls.control;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.host.TranslationThread;
import dev.vls.replay.lockstep.Lockstep;

/** The words of {@code --engine} for guests that run live. */
enum LiveEngine {
    INTERPRETER,
    TRANSLATOR,
    /** Both, compared by {@link Lockstep}. */
    LOCKSTEP;

    Engine open(TranslationThread translations) {
        return switch (this) {
            case INTERPRETER -> EngineChoice.INTERPRETER.open(translations);
            case TRANSLATOR -> EngineChoice.TRANSLATOR.open(translations);
            case LOCKSTEP -> Lockstep.TRANSLATOR;
        };
    }
}
