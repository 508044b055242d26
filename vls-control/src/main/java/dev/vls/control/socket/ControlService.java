package dev.vls.control.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.console.ConsoleBuffer;

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

    /** The guest's output. */
    ConsoleBuffer console();

    /** Types at the guest's console; may wait while the guest takes none. */
    void type(byte[] bytes) throws InterruptedException;
}
