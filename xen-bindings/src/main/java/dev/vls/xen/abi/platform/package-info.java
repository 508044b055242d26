/** Platform operations, from {@code public/platform.h}; Xen refuses them to a domU. */
@NullMarked
package dev.vls.xen.abi.platform;

import org.jspecify.annotations.NullMarked;
