/** Tests of the domain builder. */
@NullMarked
package dev.vls.machine.domain;

import org.jspecify.annotations.NullMarked;
