package dev.vls.machine.xenstore;

/** Names of nodes: {@code docs/misc/xenstore.txt} and {@code is_valid_nodename} of xenstored. */
public final class StorePaths {
    static final String RELEASE_DOMAIN = "@releaseDomain";
    static final String INTRODUCE_DOMAIN = "@introduceDomain";

    private static final String DOMAIN_PREFIX = "/local/domain/";

    private StorePaths() {}

    /** Where a domain's relative paths start; the domain number is unsigned. */
    public static String ofDomain(int domid) {
        return DOMAIN_PREFIX + Integer.toUnsignedString(domid);
    }

    static boolean isSpecial(String path) {
        return path.startsWith("@");
    }

    /** A path from the root: relative ones start at the domain's own directory. */
    static String canonical(int domid, String path) {
        return path.startsWith("/") || isSpecial(path) ? path : ofDomain(domid) + "/" + path;
    }

    /**
     * Whether a node may have this name.
     *
     * @param lengthMax bytes, not counting {@code /local/domain/N/}
     */
    static boolean isValid(String path, int lengthMax) {
        if (!path.startsWith("/")
                || (path.endsWith("/") && path.length() > 1)
                || path.contains("//")
                || path.length() > domainPrefixLength(path) + lengthMax) {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            if (!letter && !(c >= '0' && c <= '9') && "-/_@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of {@code /local/domain/N/} in front, where N has up to five characters; else 0. */
    private static int domainPrefixLength(String path) {
        if (!path.startsWith(DOMAIN_PREFIX)) {
            return 0;
        }
        int at = DOMAIN_PREFIX.length();
        int limit = Math.min(path.length(), at + 5);
        int start = at;
        if (at < limit && path.charAt(at) == '-') {
            at++;
            start++;
        }
        while (at < limit && path.charAt(at) >= '0' && path.charAt(at) <= '9') {
            at++;
        }
        return at > start && at < path.length() && path.charAt(at) == '/' ? at + 1 : 0;
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0 ? path.substring(0, slash) : "/";
    }

    static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String child(String path, String name) {
        return path.equals("/") ? "/" + name : path + "/" + name;
    }

    /** Whether a path is another or lies below it. */
    static boolean isWithin(String path, String ancestor) {
        return ancestor.equals("/")
                || (path.startsWith(ancestor)
                        && (path.length() == ancestor.length()
                                || path.charAt(ancestor.length()) == '/'));
    }
}
