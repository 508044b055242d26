@NullMarked
package dev.vls.machine.host.net;

import org.jspecify.annotations.NullMarked;
