package dev.vls.machine.domain;

/**
 * Where a new domain and its devices meet: the frames of the two rings and the guest's ports.
 *
 * @param storeMfn machine frame of the xenstore ring
 * @param consoleMfn machine frame of the console ring
 */
public record BuiltDomain(long storeMfn, int storePort, long consoleMfn, int consolePort) {}
