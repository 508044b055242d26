package dev.vls.machine.device.block;

/**
 * The way out of the determinism boundary for block requests. What a disk is asked takes effect in
 * the order in which it is asked, each request whole, so that what a read finds is a function of
 * the requests alone. Each is answered by a BLOCK_DONE input at some later place; the data of a
 * read is in the request's buffer by then. A recording holds the answers' places and statuses and
 * no data: a replay does the request itself, right here.
 */
@FunctionalInterface
public interface DiskPort {
    void submit(DiskRequest request);
}
