/**
 * The guest's grant table: what it lets other domains do with its frames. Entries lie in frames
 * shared with the guest; what is in use is pinned here (Xen's common/grant_table.c). Backends live
 * in the machine and act as domain 0 through {@link dev.vls.machine.grant.BackendGrants}. Results
 * are {@link dev.vls.xen.abi.grant.GrantStatus} values.
 */
@NullMarked
package dev.vls.machine.grant;

import org.jspecify.annotations.NullMarked;
