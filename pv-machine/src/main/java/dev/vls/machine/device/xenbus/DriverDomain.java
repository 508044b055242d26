package dev.vls.machine.device.xenbus;

import dev.vls.machine.device.StoreDevice;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.hypervisor.Domain;

/**
 * Where backends live, and how they reach the guest: its memory and event channels, its grants, and
 * the store, in which they have the rights of domain 0.
 */
public record DriverDomain(Domain guest, BackendGrants grants, StoreDevice store) {}
