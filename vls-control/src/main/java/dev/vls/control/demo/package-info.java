/** Shows what the project is for, with its own guests, in processes of their own. */
@NullMarked
package dev.vls.control.demo;

import org.jspecify.annotations.NullMarked;
