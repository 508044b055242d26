package dev.vls.machine.xenstore;

import java.util.List;

/**
 * A node as somebody sees it who looks at the store from outside: nothing of the store changes by
 * it, while a request counts.
 *
 * @param value one char a byte
 * @param permissions the owner first
 */
public record StoredNode(String path, String value, List<StorePermission> permissions) {}
