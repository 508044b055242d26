package dev.vls.control.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/** Answers scrapers at {@code /metrics}. */
public final class MetricsServer implements AutoCloseable {
    private final HTTPServer server;

    private MetricsServer(HTTPServer server) {
        this.server = server;
    }

    /**
     * Listens.
     *
     * @param status of this process, as its control socket tells it; called by any thread
     * @throws IOException if that is not possible
     */
    public static MetricsServer start(InetSocketAddress listen, Supplier<JsonNode> status)
            throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new PairMetrics(status));
        return new MetricsServer(
                HTTPServer.builder()
                        .inetAddress(listen.getAddress())
                        .port(listen.getPort())
                        .registry(registry)
                        .buildAndStart());
    }

    /** Where it listens, the port chosen if it was 0. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
