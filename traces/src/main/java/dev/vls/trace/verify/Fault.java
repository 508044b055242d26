package dev.vls.trace.verify;

import java.io.Serial;

/** Thrown at the first rule that is broken; never leaves the package. */
final class Fault extends Exception {
    @Serial private static final long serialVersionUID = 1;

    Fault(String rule) {
        super(rule, null, false, false);
    }

    static void unless(boolean holds, String rule) throws Fault {
        if (!holds) {
            throw new Fault(rule);
        }
    }
}
