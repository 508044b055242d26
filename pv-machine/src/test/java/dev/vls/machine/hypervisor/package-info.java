@NullMarked
package dev.vls.machine.hypervisor;

import org.jspecify.annotations.NullMarked;
