package dev.vls.control.domain;

import dev.vls.control.socket.ControlClient;
import picocli.CommandLine.Command;

/** The hypervisor's log of one guest, as {@code xl dmesg} is that of a host. */
@Command(name = "dmesg", description = "Print the last of the hypervisor's log of a guest.")
public final class LogCommand extends DomainCommand {
    @Override
    public void run() {
        ask(ControlClient.request("log"))
                .path("lines")
                .forEach(line -> out().println("(vls) " + line.asText()));
        out().flush();
    }
}
