package dev.vls.control;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.host.TranslationThread;

/** The words of {@code --engine}. */
enum EngineChoice {
    INTERPRETER,
    TRANSLATOR;

    Engine open(TranslationThread translations) {
        return this == INTERPRETER
                ? Engine.INTERPRETER
                : Engine.translator(translations, translations.monitor());
    }
}
