package dev.vls.control.pair;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps what ZooKeeper and Curator log off the terminal: what matters of it is said in a line
 * elsewhere. With {@code -Djava.util.logging.config.file} it goes where that says.
 */
final class ZooKeeperLog {
    /** Loggers that nobody holds are forgotten, with their levels. */
    private static final List<Logger> LOGGERS =
            List.of(
                    Logger.getLogger("org.apache.zookeeper"),
                    Logger.getLogger("org.apache.curator"));

    private ZooKeeperLog() {}

    static void keepQuiet() {
        if (System.getProperty("java.util.logging.config.file") == null) {
            LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
        }
    }
}
