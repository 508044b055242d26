package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreMessageType;
import org.jspecify.annotations.Nullable;

/** What can be asked of the store. */
enum RequestKind {
    CONTROL(XenstoreMessageType.CONTROL, Flag.PRIVILEGED),
    DIRECTORY(XenstoreMessageType.DIRECTORY),
    READ(XenstoreMessageType.READ),
    GET_PERMS(XenstoreMessageType.GET_PERMS),
    WATCH(XenstoreMessageType.WATCH, Flag.OUTSIDE_TRANSACTIONS),
    UNWATCH(XenstoreMessageType.UNWATCH, Flag.OUTSIDE_TRANSACTIONS),
    TRANSACTION_START(XenstoreMessageType.TRANSACTION_START),
    TRANSACTION_END(XenstoreMessageType.TRANSACTION_END),
    INTRODUCE(XenstoreMessageType.INTRODUCE, Flag.PRIVILEGED),
    RELEASE(XenstoreMessageType.RELEASE, Flag.PRIVILEGED),
    GET_DOMAIN_PATH(XenstoreMessageType.GET_DOMAIN_PATH),
    WRITE(XenstoreMessageType.WRITE),
    MKDIR(XenstoreMessageType.MKDIR),
    RM(XenstoreMessageType.RM),
    SET_PERMS(XenstoreMessageType.SET_PERMS),
    IS_DOMAIN_INTRODUCED(XenstoreMessageType.IS_DOMAIN_INTRODUCED, Flag.PRIVILEGED),
    RESUME(XenstoreMessageType.RESUME, Flag.PRIVILEGED),
    SET_TARGET(XenstoreMessageType.SET_TARGET, Flag.PRIVILEGED),
    RESET_WATCHES(XenstoreMessageType.RESET_WATCHES),
    DIRECTORY_PART(XenstoreMessageType.DIRECTORY_PART);

    private enum Flag {
        NONE,
        PRIVILEGED,
        OUTSIDE_TRANSACTIONS
    }

    private static final @Nullable RequestKind[] BY_TYPE = byType();

    final int type;
    private final Flag flag;

    RequestKind(int type) {
        this(type, Flag.NONE);
    }

    RequestKind(int type, Flag flag) {
        this.type = type;
        this.flag = flag;
    }

    /** Only for the toolstack. */
    boolean isPrivileged() {
        return flag == Flag.PRIVILEGED;
    }

    /** The transaction in the header does not matter. */
    boolean ignoresTransaction() {
        return flag == Flag.OUTSIDE_TRANSACTIONS;
    }

    /** Null for a number that is no request. */
    static @Nullable RequestKind of(int type) {
        return type >= 0 && type < BY_TYPE.length ? BY_TYPE[type] : null;
    }

    private static @Nullable RequestKind[] byType() {
        @Nullable RequestKind[] kinds =
                new @Nullable RequestKind[XenstoreMessageType.DIRECTORY_PART + 1];
        for (RequestKind kind : values()) {
            kinds[kind.type] = kind;
        }
        return kinds;
    }
}
