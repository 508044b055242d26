package dev.vls.machine.image;

/**
 * What a new image says of its making: comes from outside, so that making one is a pure function.
 *
 * @param id a name that no other image has
 * @param secondsSince2000 the time, in seconds since the start of the year 2000, UTC
 */
public record VhdOrigin(VhdId id, int secondsSince2000) {}
