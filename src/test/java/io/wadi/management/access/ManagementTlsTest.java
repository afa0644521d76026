package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.local.Ports;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Proxies;
import io.wadi.testing.Certificate;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The management port with TLS, and clients that send useless records. */
class ManagementTlsTest {
    private static final int TIMEOUT_MS = 120_000;

    @TempDir
    private Path directory;

    private final VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Certificate certificate;

    @Test
    void manyKeyUpdates_orARenegotiation_closeTheConnection() throws Exception {
        certificate = Certificate.make(directory, "management", "EC");
        configuration.setBindHost("localhost");
        configuration.setBindPort(Ports.free());
        configuration.setSslContextParameters(tls());
        Proxies proxies = Proxies.parse("");
        AccessControl.Options options = new AccessControl.Options(
                true, Set.of(), 1, Duration.ofHours(1), new HostNames(List.of("localhost"), true), proxies, 1000);
        try (DefaultCamelContext camel = new DefaultCamelContext();
                ManagementServer server = new ManagementServer(
                        configuration,
                        new AccessControl(() -> Users.NONE, () -> Tokens.NONE, options, meters),
                        new ManagementServer.Limits(10, 1 << 20, Duration.ofMinutes(1)),
                        proxies,
                        meters)) {
            server.setCamelContext(camel);
            server.start();
            camel.start();

            assertThat(answerAfter("TLSv1.3", 1)).startsWith("HTTP/1.1 404 ");
            assertThat(answerAfter("TLSv1.2", 1)).startsWith("HTTP/1.1 404 ");
            assertThat(ended()).isZero();
            assertThat(answerAfter("TLSv1.3", 12)).isEmpty();
            assertThat(ended()).isEqualTo(1);
            assertThat(answerAfter("TLSv1.2", 2)).isEmpty();
            assertThat(ended()).isEqualTo(2);
        }
    }

    private SSLContextParameters tls() {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setResource("file:" + certificate.store());
        store.setPassword(Certificate.PASSWORD);
        KeyManagersParameters keys = new KeyManagersParameters();
        keys.setKeyStore(store);
        keys.setKeyPassword(Certificate.PASSWORD);
        SSLContextParameters tls = new SSLContextParameters();
        tls.setKeyManagers(keys);
        return tls;
    }

    private double ended() {
        return meters.get("wadi.management.connections.ended")
                .tag("reason", "flood")
                .counter()
                .count();
    }

    /** Returns the response to a request after a number of handshakes; empty if the connection was closed. */
    private String answerAfter(String protocol, int handshakes) throws Exception {
        try (Socket socket = new Socket("localhost", configuration.getBindPort());
                SSLSocket tls = (SSLSocket) Certificate.trust(certificate)
                        .getSocketFactory()
                        .createSocket(socket, "localhost", socket.getPort(), true)) {
            socket.setSoTimeout(TIMEOUT_MS);
            tls.setEnabledProtocols(new String[] {protocol});
            for (int i = 0; i < handshakes; i++) {
                tls.startHandshake();
            }
            tls.getOutputStream()
                    .write("GET /unknown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(tls.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException closed) {
            return "";
        }
    }
}
