@NullMarked
package dev.vls.control.domain;

import org.jspecify.annotations.NullMarked;
