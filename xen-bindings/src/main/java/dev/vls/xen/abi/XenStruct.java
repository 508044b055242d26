package dev.vls.xen.abi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class of byte offsets into one C structure. A constant {@code NR_PAGES} is the offset of
 * the member {@code nr_pages} unless {@link XenMember} or {@link XenConstant} says otherwise;
 * {@code SIZE} is the size of the whole structure.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface XenStruct {
    /** The C type as one writes it: {@code struct start_info}, or a typedef's name. */
    String type();

    /** Headers that declare it, relative to Xen's {@code public} directory. */
    String[] header();

    /**
     * Whether the headers lie in Xen's own source tree, relative to its root, instead of among the
     * public ones: architectural numbers and formats that the public headers take for granted.
     */
    boolean inXenSource() default false;
}
