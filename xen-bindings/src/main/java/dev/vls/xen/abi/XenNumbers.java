package dev.vls.xen.abi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class of numbers that share a prefix in C. A constant {@code YIELD} under the prefix
 * {@code SCHEDOP_} is {@code SCHEDOP_yield} unless {@link XenConstant} says otherwise.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface XenNumbers {
    /** Headers that define the numbers, relative to Xen's {@code public} directory. */
    String[] header();

    /** What the C names start with. */
    String prefix();

    /** Whether the rest of the C names is in lower case, as in {@code SCHEDOP_yield}. */
    boolean lowerCase() default true;

    /**
     * Whether the headers lie in Xen's own source tree, relative to its root, instead of among the
     * public ones: architectural numbers and formats that the public headers take for granted.
     */
    boolean inXenSource() default false;
}
