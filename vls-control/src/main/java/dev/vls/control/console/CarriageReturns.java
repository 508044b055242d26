package dev.vls.control.console;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Helps guests without a terminal driver: a raw terminal takes a line feed as just that. A kernel
 * that writes for terminals puts carriage returns before its line feeds from its first line on;
 * until one is seen, they are put there. From then on every byte passes as it is.
 */
final class CarriageReturns {
    private boolean seen;

    void write(byte[] bytes, int count, OutputStream target) throws IOException {
        int from = 0;
        for (int i = 0; i < count && !seen; i++) {
            seen = bytes[i] == '\r';
            if (bytes[i] == '\n') {
                target.write(bytes, from, i - from);
                target.write('\r');
                from = i;
            }
        }
        target.write(bytes, from, count - from);
    }
}
