package dev.vls.control.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.CommandException;
import dev.vls.control.ExitCode;
import dev.vls.control.socket.ControlClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The xenstore of a running guest's host, with domain 0's rights. */
public final class XenstoreCommands {
    private XenstoreCommands() {}

    /** Those that need the nodes. */
    abstract static class Reading extends DomainCommand {
        /** A node and all below it; never empty. */
        JsonNode nodes(String path) {
            String trimmed =
                    path.length() > 1 && path.endsWith("/")
                            ? path.substring(0, path.length() - 1)
                            : path;
            JsonNode nodes =
                    ask(ControlClient.request("xenstore").put("path", trimmed)).path("nodes");
            if (nodes.isEmpty()) {
                throw new CommandException(
                        ExitCode.FAILED,
                        "domain %s: no node %s in its xenstore: see vls xenstore-ls %s"
                                .formatted(domain, path, domain));
            }
            return nodes;
        }
    }

    @Command(
            name = "xenstore-ls",
            description = "List the xenstore as a running guest's toolstack sees it.")
    public static final class Ls extends Reading {
        @Parameters(
                index = "1",
                arity = "0..1",
                defaultValue = "/",
                paramLabel = "PATH",
                description = "List what is below PATH (default: ${DEFAULT-VALUE}).")
        String path = "/";

        @Option(names = "-p", description = "Show who may read and write.")
        boolean permissions;

        @Option(names = "-f", description = "Show full paths.")
        boolean fullPaths;

        @Option(names = "--json", description = "Print one JSON object.")
        boolean json;

        @Override
        public void run() {
            JsonNode nodes = nodes(path);
            if (json) {
                ObjectNode all = JsonNodeFactory.instance.objectNode();
                all.set("nodes", nodes);
                out().println(all.toPrettyString());
            } else {
                int depthOfRoot = depth(nodes.path(0).path("path").asText());
                for (int i = 1; i < nodes.size(); i++) {
                    out().println(line(nodes.path(i), depthOfRoot));
                }
            }
            out().flush();
        }

        private String line(JsonNode node, int depthOfRoot) {
            String path = node.path("path").asText();
            String name =
                    fullPaths
                            ? path
                            : " ".repeat(depth(path) - depthOfRoot - 1)
                                    + path.substring(path.lastIndexOf('/') + 1);
            String line = name + " = \"" + printable(node.path("value").asText()) + '"';
            if (!permissions) {
                return line;
            }
            List<String> entries = new ArrayList<>();
            node.path("permissions").forEach(entry -> entries.add(entry.asText()));
            return line + "   (" + String.join(",", entries) + ")";
        }

        private static int depth(String path) {
            return path.equals("/") ? 0 : (int) path.chars().filter(c -> c == '/').count();
        }
    }

    @Command(name = "xenstore-read", description = "Print the value of a xenstore node.")
    public static final class Read extends Reading {
        @Parameters(index = "1", paramLabel = "PATH", description = "The node.")
        String path = "";

        @Override
        public void run() {
            out().println(printable(nodes(path).path(0).path("value").asText()));
            out().flush();
        }
    }

    @Command(name = "xenstore-write", description = "Write a xenstore node as the toolstack.")
    public static final class Write extends DomainCommand {
        @Parameters(index = "1", paramLabel = "PATH", description = "The node.")
        String path = "";

        @Parameters(index = "2", paramLabel = "VALUE", description = "Its new value.")
        String value = "";

        @Override
        public void run() {
            control("store-write " + path + ' ' + bytes(value));
        }
    }

    @Command(name = "xenstore-rm", description = "Remove a xenstore node and all below it.")
    public static final class Remove extends DomainCommand {
        @Parameters(index = "1", paramLabel = "PATH", description = "The node.")
        String path = "";

        @Override
        public void run() {
            control("store-rm " + path);
        }
    }

    /** What is typed is UTF-8, a value is bytes. */
    private static String bytes(String typed) {
        return new String(typed.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Bytes that a terminal does not show as themselves are escaped, as C does. */
    static String printable(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\r' -> text.append("\\r");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        text.append(c);
                    } else {
                        text.append("\\x%02x".formatted((int) c));
                    }
                }
            }
        }
        return text.toString();
    }
}
