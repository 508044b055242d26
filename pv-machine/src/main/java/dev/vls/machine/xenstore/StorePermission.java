package dev.vls.machine.xenstore;

/**
 * One entry of a node's permissions.
 *
 * @param domid the domain; in the first entry of a node, its owner
 * @param access what it may do, of {@link #READ} and {@link #WRITE}; in the first entry, what all
 *     domains may that have no entry of their own
 */
public record StorePermission(int domid, int access) {
    public static final int NONE = 0;
    public static final int READ = 1;
    public static final int WRITE = 2;

    /** Only of a result: the owner's and the toolstack's right. */
    static final int OWNER = 8;

    /** The domain had gone before this was given, or is younger than it: counts for nothing. */
    static final int IGNORED = 0x10;

    static final int EVERYTHING = READ | WRITE | OWNER;

    private static final String LETTERS = "nrwb";

    /**
     * Reads {@code w1}, {@code r2}, {@code b3} or {@code n0}.
     *
     * @throws StoreRefusal EINVAL
     */
    static StorePermission parse(String text) {
        int access = text.isEmpty() ? -1 : LETTERS.indexOf(text.charAt(0));
        if (access < 0) {
            throw StoreRefusal.EINVAL;
        }
        return new StorePermission(CText.toIntStrictly(text.substring(1)), access);
    }

    boolean isIgnored() {
        return (access & IGNORED) != 0;
    }

    StorePermission ignored() {
        return new StorePermission(domid, access | IGNORED);
    }

    /** The wire's form: a letter and the signed domain number. */
    @Override
    public String toString() {
        return LETTERS.charAt(access & (READ | WRITE)) + Integer.toString(domid);
    }
}
