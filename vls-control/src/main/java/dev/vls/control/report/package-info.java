/** Reports for people: one HTML file that needs no other. */
@NullMarked
package dev.vls.control.report;

import org.jspecify.annotations.NullMarked;
