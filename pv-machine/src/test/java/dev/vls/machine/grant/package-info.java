@NullMarked
package dev.vls.machine.grant;

import org.jspecify.annotations.NullMarked;
