package dev.vls.xen.abi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Gives the C expression that a constant stands for, where the naming convention does not. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface XenConstant {
    /**
     * A constant C expression over the headers of the class. {@code ARRAY_LENGTH(type, member)}
     * counts the elements of an array member.
     */
    String value();
}
