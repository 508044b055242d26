package dev.vls.machine.xenstore;

/**
 * A watch.
 *
 * @param path from the root, or special
 * @param relativeTo what to leave away in front of the paths that are reported; empty for nothing
 */
record StoreWatch(String path, String token, String relativeTo) {
    /** How the watcher wants to read about a path. */
    String reported(String changed) {
        if (relativeTo.isEmpty()) {
            return changed;
        }
        String rest = changed.substring(Math.min(relativeTo.length(), changed.length()));
        return rest.startsWith("/") ? rest.substring(1) : rest;
    }

    int memoryBytes() {
        return path.length() + token.length();
    }
}
