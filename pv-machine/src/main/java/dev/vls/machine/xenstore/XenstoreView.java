package dev.vls.machine.xenstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading and changing nodes, within a transaction or without. Refusals are typed exceptions. */
public interface XenstoreView {
    /** A node's value, null if there is no such node. */
    @Nullable String read(String path);

    /** Sets a value; creates the node and its ancestors. */
    void write(String path, String value);

    /** Creates a node and its ancestors, unless it is there. */
    void makeDirectory(String path);

    /** Removes a node with all below it; nothing happens if only the node itself is missing. */
    void remove(String path);

    /** Names of the children in the order of their creation; none for a node that is not there. */
    List<String> list(String path);

    /** Who may do what, the owner first. */
    List<StorePermission> permissions(String path);

    void setPermissions(String path, List<StorePermission> permissions);
}
