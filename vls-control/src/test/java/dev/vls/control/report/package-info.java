/** Tests of reports. */
@NullMarked
package dev.vls.control.report;

import org.jspecify.annotations.NullMarked;
