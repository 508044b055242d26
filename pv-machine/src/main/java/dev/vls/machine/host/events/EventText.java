package dev.vls.machine.host.events;

import dev.vls.machine.Input;
import dev.vls.machine.cpu.Disassembler;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.hypervisor.GuestEvents;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.PageWalker;
import dev.vls.xen.abi.arch.ExceptionVector;
import dev.vls.xen.abi.errno.XenErrno;
import java.util.StringJoiner;

/** What is said of an event, in the log and in the flight recorder alike. Owned by one thread. */
final class EventText {
    private static final int INSTRUCTION_BYTES = 15;

    private final Disassembler disassembler = new Disassembler();
    private final byte[] code = new byte[INSTRUCTION_BYTES];

    /** Arguments between parentheses, in hexadecimal. */
    static String arguments(long[] arguments) {
        StringJoiner text = new StringJoiner(", ", "(", ")");
        for (long argument : arguments) {
            text.add("0x" + Long.toHexString(argument));
        }
        return text.toString();
    }

    /** A hypercall's result: an errno by name, or a number. */
    static String result(boolean continued, long result) {
        if (continued) {
            return "continued";
        }
        boolean error = result < 0 && result >= -4095;
        return error ? "-" + XenErrno.name((int) -result) : "0x" + Long.toHexString(result);
    }

    /** A vector's name, such as #GP, its error code, and of a page fault what that says. */
    static String exception(Vcpu vcpu, int vector, int errorCode) {
        String name = vector == Vector.NMI ? "NMI" : "#" + ExceptionVector.name(vector);
        if (errorCode == GuestEvents.NO_ERROR_CODE) {
            return name;
        }
        String text = name + " error 0x" + Integer.toHexString(errorCode);
        if (vector != Vector.PF) {
            return text;
        }
        StringJoiner causes = new StringJoiner(", ", " (", ")");
        causes.add((errorCode & PageWalker.ERROR_PRESENT) != 0 ? "protection" : "not present");
        boolean fetch = (errorCode & PageWalker.ERROR_FETCH) != 0;
        boolean write = (errorCode & PageWalker.ERROR_WRITE) != 0;
        causes.add(fetch ? "fetch" : write ? "write" : "read");
        return text + causes + " address 0x" + Long.toHexString(vcpu.cr2);
    }

    /** Kind and payload of an input. */
    static String input(Input input) {
        return switch (input) {
            case Input.Clock clock -> "CLOCK " + clock.nanoseconds() + " ns";
            case Input.ConsoleIn typed -> "CONSOLE_IN " + typed.bytes().length + " bytes";
            case Input.NetRx frame ->
                    "NET_RX eth" + frame.device() + " " + frame.frame().length + " bytes";
            case Input.NetCarrier carrier ->
                    "NET_CARRIER eth" + carrier.device() + (carrier.up() ? " up" : " down");
            case Input.BlockDone done ->
                    "BLOCK_DONE disk %d request %d status %d"
                            .formatted(done.device(), done.request(), done.status());
            case Input.Control operator -> "CONTROL " + operator.command().text();
        };
    }

    /** The instruction at RIP, or a question mark where no code is mapped. */
    String instruction(Vcpu vcpu) {
        long rip = vcpu.cpu.rip();
        int read = vcpu.guest.peek(rip, code);
        Disassembler.Line line = disassembler.at(code, 0, rip);
        return line.length() <= read ? line.text() : "?";
    }
}
