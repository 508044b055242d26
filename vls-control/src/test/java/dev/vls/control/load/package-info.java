/** Tests of the clients. */
@NullMarked
package dev.vls.control.load;

import org.jspecify.annotations.NullMarked;
