package dev.vls.machine.xenstore;

import java.util.List;

/**
 * CONTROL, the toolstack's way to look at the store ({@code xenstored_control.c}). What concerns
 * the daemon as a process (live-update, logfile, memreport) does not exist here.
 */
final class ControlRequests {
    private static final String HELP =
            "check\t\nlog\ton|off\nprint\t<string>\nquota\t[set <name> <val>|<domid>]\n"
                    + "quota-soft\t[set <name> <val>]\nhelp\t\n\0";
    private static final String DONE = "OK\0";

    private final XenstoreServer server;

    ControlRequests(XenstoreServer server) {
        this.server = server;
    }

    String control(StoreRequest request) {
        List<String> words = CText.strings(request.payload());
        if (words.isEmpty()) {
            throw StoreRefusal.EINVAL;
        }
        List<String> arguments = words.subList(1, words.size());
        return switch (words.getFirst()) {
            case "check" -> done(arguments.isEmpty());
            case "log" ->
                    done(
                            arguments.size() == 1
                                    && (arguments.getFirst().equals("on")
                                            || arguments.getFirst().equals("off")));
            case "print" -> done(arguments.size() == 1);
            case "quota" -> quota(arguments, false);
            case "quota-soft" -> quota(arguments, true);
            case "help" -> {
                done(arguments.isEmpty());
                yield HELP;
            }
            default -> throw StoreRefusal.EINVAL;
        };
    }

    private static String done(boolean valid) {
        if (!valid) {
            throw StoreRefusal.EINVAL;
        }
        return DONE;
    }

    private String quota(List<String> arguments, boolean soft) {
        if (arguments.isEmpty()) {
            return settings(soft);
        }
        if (arguments.getFirst().equals("set")) {
            return set(arguments.subList(1, arguments.size()), soft);
        }
        done(!soft && arguments.size() == 1);
        return usage(CText.toInt(arguments.getFirst()));
    }

    private String settings(boolean soft) {
        StringBuilder text = new StringBuilder("Quota settings:\n");
        for (StoreQuota quota : StoreQuota.values()) {
            if (quota.isSoft() == soft) {
                text.append(padded(quota.wireName, 17))
                        .append(": ")
                        .append(rightAligned(server.limit(quota)))
                        .append(' ')
                        .append(quota.description)
                        .append('\n');
            }
        }
        return text.append('\0').toString();
    }

    private String set(List<String> arguments, boolean soft) {
        StoreQuota quota =
                arguments.size() == 2 ? StoreQuota.named(arguments.getFirst(), soft) : null;
        int value = quota == null ? 0 : CText.toInt(arguments.getLast());
        if (quota == null || value < 1) {
            throw StoreRefusal.EINVAL;
        }
        server.domains().limits.put(quota, value);
        return DONE;
    }

    private String usage(int domid) {
        StoreDomain domain = server.domains().find(domid);
        if (domain == null) {
            throw StoreRefusal.ENOENT;
        }
        StoreConnection connection = domain.connection;
        int transactions = connection == null ? 0 : connection.transactions.size();
        return "Domain "
                + Integer.toUnsignedString(domid)
                + ":\n"
                + entry("nodes", domain.nodes)
                + entry("watches", domain.watches)
                + entry("transactions", transactions)
                + entry("outstanding", domain.outstanding)
                + entry("memory", domain.memoryBytes)
                + '\0';
    }

    private static String entry(String name, int value) {
        return padded(name, 16) + ": " + rightAligned(value) + "\n";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String rightAligned(int value) {
        String digits = Integer.toString(value);
        return " ".repeat(Math.max(0, 8 - digits.length())) + digits;
    }
}
