package dev.vls.replay.net;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * What two sides know each other by: one key and its certificate, which both have and neither tells
 * anybody. TLS 1.3 and nothing else; each side asks for the other's certificate, and takes this one
 * alone.
 */
public final class PairKeys {
    /** The file is protected by its mode; PKCS #12 wants a password nevertheless. */
    public static final String PASSWORD = "vls-pair";

    /** The name of the key in the file. */
    public static final String ALIAS = "vls";

    private static final String PROTOCOL = "TLSv1.3";

    private final SslContext server;
    private final SslContext client;

    private PairKeys(SslContext server, SslContext client) {
        this.server = server;
        this.client = client;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or has no key of use
     */
    public static PairKeys read(Path file) throws IOException {
        char[] password = PASSWORD.toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, password);
            trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            return new PairKeys(
                    SslContextBuilder.forServer(keys)
                            .trustManager(trust)
                            .clientAuth(ClientAuth.REQUIRE)
                            .sslProvider(SslProvider.JDK)
                            .protocols(PROTOCOL)
                            .build(),
                    SslContextBuilder.forClient()
                            .keyManager(keys)
                            .trustManager(trust)
                            .endpointIdentificationAlgorithm(null)
                            .sslProvider(SslProvider.JDK)
                            .protocols(PROTOCOL)
                            .build());
        } catch (GeneralSecurityException e) {
            throw new IOException("no keys of vls keys: " + e.getMessage(), e);
        }
    }

    SslContext server() {
        return server;
    }

    SslContext client() {
        return client;
    }
}
