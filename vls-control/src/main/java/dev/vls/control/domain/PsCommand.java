package dev.vls.control.domain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.socket.ControlClient;
import dev.vls.control.socket.RuntimeDirectory;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists this user's running guests. */
@Command(
        name = "ps",
        description = "List running guests.",
        footer = {
            "",
            "State, as xl list prints it: r runs, b blocked, p paused, s shut down,",
            "c crashed; ? for a guest that does not answer."
        })
public final class PsCommand implements Runnable {
    private static final long PATIENCE_SECONDS = 4;
    private static final String ROW = "%-24s %8s %-7s %9s %5s %15s %9s %9s%n";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        RuntimeDirectory directory = RuntimeDirectory.ofUser();
        ArrayNode domains = JsonNodeFactory.instance.arrayNode();
        for (String name : directory.names()) {
            try (ControlClient client = ControlClient.connect(directory, name)) {
                ObjectNode status = client.ask(ControlClient.request("status"), PATIENCE_SECONDS);
                status.remove("version");
                status.remove("ok");
                domains.add(status);
            } catch (CommandException gone) {
                // It has died, or its process is stopped: the first leaves no name behind.
                if (directory.names().contains(name)) {
                    domains.addObject().put("name", name);
                    spec.commandLine().getErr().println("vls: " + gone.getMessage());
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            all.set("domains", domains);
            out.println(all.toPrettyString());
        } else {
            out.printf(
                    ROW,
                    "NAME",
                    "PID",
                    "STATE",
                    "MEM(MiB)",
                    "VCPUS",
                    "INSTRUCTIONS",
                    "CPU(s)",
                    "UP(s)");
            domains.forEach(domain -> printRow(out, (ObjectNode) domain));
        }
        out.flush();
    }

    private static void printRow(PrintWriter out, ObjectNode domain) {
        out.printf(
                ROW,
                domain.path("name").asText(),
                domain.path("pid").asText("?"),
                domain.path("state").asText("?"),
                domain.has("memory_kib") ? domain.path("memory_kib").asLong() >> 10 : "?",
                domain.path("vcpus_online").asText("?"),
                domain.path("instructions").asText("?"),
                seconds(domain, "cpu_seconds"),
                seconds(domain, "uptime_seconds"));
    }

    private static String seconds(ObjectNode domain, String field) {
        return domain.has(field)
                ? String.format(Locale.ROOT, "%.1f", domain.path(field).asDouble())
                : "?";
    }
}
