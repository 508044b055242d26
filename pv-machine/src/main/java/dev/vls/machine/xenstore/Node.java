package dev.vls.machine.xenstore;

import org.jspecify.annotations.Nullable;

/** A node in hand: what a request read, and changes before it is written. */
final class Node {
    /** The generation of a node that does not exist. */
    static final long NO_GENERATION = -1;

    final String path;
    long generation;
    StorePermissions permissions;
    String value;
    String children;

    /** Set for a node that the request at hand creates. */
    @Nullable Node newUnder;

    Node(String path, NodeRecord stored) {
        this(path, stored.permissions());
        generation = stored.generation();
        value = stored.value();
        children = stored.children();
    }

    /** One that does not exist yet. */
    Node(String path, StorePermissions permissions) {
        this.path = path;
        this.permissions = permissions;
        generation = NO_GENERATION;
        value = "";
        children = "";
    }

    NodeRecord toRecord() {
        return new NodeRecord(generation, permissions, value, children);
    }

    int size() {
        return NodeRecord.size(permissions, value, children);
    }

    void addChild(String name) {
        children = children + name + '\0';
    }

    /** Answers false if there is no such child. */
    boolean removeChild(String name) {
        int at = 0;
        while (at < children.length()) {
            int end = children.indexOf('\0', at);
            if (end - at == name.length() && children.startsWith(name, at)) {
                children = children.substring(0, at) + children.substring(end + 1);
                return true;
            }
            at = end + 1;
        }
        return false;
    }
}
