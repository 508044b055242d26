package dev.vls.control;

import picocli.CommandLine.Option;

/** What executes code, of commands that know no lockstep. */
final class EngineOption {
    @Option(
            names = "--engine",
            paramLabel = "interpreter|translator",
            defaultValue = "interpreter",
            description = "What executes the guest's code (default: ${DEFAULT-VALUE}).")
    EngineChoice choice = EngineChoice.INTERPRETER;
}
