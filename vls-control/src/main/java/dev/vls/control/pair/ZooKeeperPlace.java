package dev.vls.control.pair;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a register is: {@code zk://HOST[:PORT][,HOST[:PORT]...][/PATH]}.
 *
 * @param servers as ZooKeeper's clients take them, each with its port
 * @param path of a znode
 */
public record ZooKeeperPlace(String servers, String path) {
    /** What it begins with. */
    public static final String SCHEME = "zk://";

    private static final String PATH_DEFAULT = "/vls";
    private static final String PORT_DEFAULT = ":2181";
    private static final Pattern WITHOUT_PORT = Pattern.compile("[^:]+|\\[.*]");
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]*[A-Za-z0-9_-])+");

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static ZooKeeperPlace parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException(text);
        }
        String rest = text.substring(SCHEME.length());
        int slash = rest.indexOf('/');
        String path = slash < 0 ? PATH_DEFAULT : rest.substring(slash);
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException(text);
        }
        String servers =
                Arrays.stream((slash < 0 ? rest : rest.substring(0, slash)).split(",", -1))
                        .map(
                                server ->
                                        WITHOUT_PORT.matcher(server).matches()
                                                ? server + PORT_DEFAULT
                                                : server)
                        .map(HostPort::parse)
                        .map(HostPort::toString)
                        .collect(Collectors.joining(","));
        return new ZooKeeperPlace(servers, path);
    }

    /** The znode of a guest within this one. */
    public ZooKeeperPlace of(String name) {
        return new ZooKeeperPlace(servers, path + "/" + name);
    }

    @Override
    public String toString() {
        return SCHEME + servers + path;
    }
}
