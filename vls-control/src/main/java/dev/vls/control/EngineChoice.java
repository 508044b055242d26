package dev.vls.control;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.cpu.translate.TranslationQueue;

/** The words of {@code --engine}. */
enum EngineChoice {
    INTERPRETER,
    TRANSLATOR;

    Engine open(TranslationQueue queue) {
        return this == INTERPRETER ? Engine.INTERPRETER : Engine.translator(queue);
    }
}
