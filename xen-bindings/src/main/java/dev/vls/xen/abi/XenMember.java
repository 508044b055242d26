package dev.vls.xen.abi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the member of a {@link XenStruct} whose offset a constant is, nested ones by their path.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface XenMember {
    /** The member designator, for example {@code console.domU.mfn}. */
    String value();
}
