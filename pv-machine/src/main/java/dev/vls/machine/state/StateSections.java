package dev.vls.machine.state;

import java.util.function.Consumer;

/** The sections of a state, which a machine goes through in one order. */
public interface StateSections {
    /** Whether fields take the values that they had, instead of giving theirs. */
    boolean restores();

    /**
     * Goes through the fields of one section.
     *
     * @param name 1 to 255 characters of ASCII
     * @throws StateFormatException if there is no such section next, or it has other fields
     */
    void section(String name, Consumer<StateFields> fields);
}
