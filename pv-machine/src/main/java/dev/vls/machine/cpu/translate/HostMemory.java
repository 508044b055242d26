package dev.vls.machine.cpu.translate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * Host memory by its address, for translated code: {@code sun.misc.Unsafe}, which the launcher
 * allows. For each access to a {@code MemorySegment} HotSpot's second compiler takes some hundred
 * nodes, and it stops inlining in a method that has come to 18,000. Owned by nobody; addresses are
 * not checked.
 */
final class HostMemory {
    private static final MethodHandle GET_BYTE = getter("getByte", byte.class);
    private static final MethodHandle GET_SHORT = getter("getShort", short.class);
    private static final MethodHandle GET_INT = getter("getInt", int.class);
    private static final MethodHandle GET_LONG = getter("getLong", long.class);
    private static final MethodHandle PUT_BYTE = setter("putByte", byte.class);
    private static final MethodHandle PUT_SHORT = setter("putShort", short.class);
    private static final MethodHandle PUT_INT = setter("putInt", int.class);
    private static final MethodHandle PUT_LONG = setter("putLong", long.class);

    private HostMemory() {}

    private static MethodHandle getter(String name, Class<?> type) {
        return find(name, MethodType.methodType(type, long.class));
    }

    private static MethodHandle setter(String name, Class<?> type) {
        return find(name, MethodType.methodType(void.class, long.class, type));
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field field = unsafe.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup().findVirtual(unsafe, name, type).bindTo(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no access to the host's memory", e);
        }
    }

    private static IllegalStateException impossible(Throwable cause) {
        return new IllegalStateException("access to the host's memory", cause);
    }

    static byte getByte(long address) {
        try {
            return (byte) GET_BYTE.invokeExact(address);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static short getShort(long address) {
        try {
            return (short) GET_SHORT.invokeExact(address);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int getInt(long address) {
        try {
            return (int) GET_INT.invokeExact(address);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long getLong(long address) {
        try {
            return (long) GET_LONG.invokeExact(address);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void putByte(long address, byte value) {
        try {
            PUT_BYTE.invokeExact(address, value);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void putShort(long address, short value) {
        try {
            PUT_SHORT.invokeExact(address, value);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void putInt(long address, int value) {
        try {
            PUT_INT.invokeExact(address, value);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void putLong(long address, long value) {
        try {
            PUT_LONG.invokeExact(address, value);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }
}
