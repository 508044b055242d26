package dev.vls.control.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.console.ConsoleBuffer;
import org.jspecify.annotations.Nullable;

/** The running guest, as the control socket needs it; called on many threads. */
public interface ControlService {
    /**
     * Carries out a command; may take as long as it needs.
     *
     * @param command its name; {@code console} is the server's own
     * @param request with the command's fields
     * @param answer that the fields of the answer are put into
     * @throws ControlRefusal if it cannot be carried out
     */
    void execute(String command, ObjectNode request, ObjectNode answer)
            throws ControlRefusal, InterruptedException;

    /** Why there is no console here; null if there is one. */
    default @Nullable String whyNoConsole() {
        return null;
    }

    /** The guest's output; where there is a console. */
    ConsoleBuffer console();

    /** Types at the guest's console; may wait while the guest takes none. */
    void type(byte[] bytes) throws InterruptedException;
}
