package dev.vls.machine.device;

/** Who is told of changes in the store, on the toolstack's side. */
@FunctionalInterface
public interface StoreListener {
    /**
     * Something has changed; look what it is now.
     *
     * @param path the node that changed
     */
    void changed(String path);
}
