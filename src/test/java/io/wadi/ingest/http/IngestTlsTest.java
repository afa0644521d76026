package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.tls.IngestTls;
import io.wadi.testing.Certificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections of the event port with TLS: their client certificates, and failed handshakes. */
@Execution(ExecutionMode.CONCURRENT)
class IngestTlsTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int MAX_CONNECTIONS = 3;
    private static final int MAX_KEY_UPDATES = 10;
    private static final int MAX_HANDSHAKE_RECORDS = 100;
    private static final int RECORD_HEADER_BYTES = 5;
    /** The type of a TLS record. */
    private static final byte HANDSHAKE = 22;

    @TempDir
    private static Path directory;

    private static Certificate first;
    private static Certificate second;

    private volatile SslContext current;

    @AutoClose
    private EventEndpoint port;

    @BeforeAll
    static void make() throws Exception {
        first = Certificate.make(directory, "first", "EC");
        second = Certificate.make(directory, "second", "RSA");
    }

    @BeforeEach
    void open() throws Exception {
        current = tls(first);
        port = open(Duration.ofMinutes(1));
    }

    private EventEndpoint open(Duration idle) throws Exception {
        return new EventEndpoint(() -> current, MAX_CONNECTIONS, idle, length());
    }

    /** Reopens the port with this timeout for connections without a request. */
    private void reopen(Duration idle) throws Exception {
        port.close();
        port = open(idle);
    }

    private static RouteBuilder length() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/length")
                        .process(exchange -> exchange.getMessage()
                                .setBody(exchange.getMessage().getBody(byte[].class).length + " bytes"));
            }
        };
    }

    private static SslContext tls(Certificate own, Certificate... clients)
            throws IOException, GeneralSecurityException {
        List<X509Certificate> authorities = new ArrayList<>();
        for (Certificate each : clients) {
            authorities.add(each.certificate());
        }
        return IngestTls.context(new TlsCertificate(List.of(own.certificate()), own.key(), authorities));
    }

    private HttpResponse<String> post(HttpClient client) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(port.url() + "/length"))
                        .timeout(SOON)
                        .POST(BodyPublishers.ofByteArray(new byte[50_000]))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpClient client(SSLContext context, String... protocols) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context);
        if (protocols.length > 0) {
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(protocols);
            client.sslParameters(parameters);
        }
        return client.build();
    }

    private static String shown(HttpResponse<String> answer) throws IOException {
        return answer.sslSession().orElseThrow().getPeerPrincipal().getName();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void requestOverTls_isAnswered(String protocol) throws Exception {
        HttpResponse<String> answer = post(client(Certificate.trust(first), protocol));

        assertThat(answer.body()).isEqualTo("50000 bytes");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
        assertThat(answer.sslSession().orElseThrow().getCipherSuite()).contains("GCM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bodyInRecordsOfOneByte_isReadCompletely(String protocol) throws Exception {
        int bytes = 20_000;
        try (Socket socket = port.connect();
                SSLSocket tls = encrypted(socket, protocol)) {
            tls.getOutputStream()
                    .write(EventEndpoint.head(
                                    "POST /length HTTP/1.1", "Host: x", "Connection: close", "Content-Length: " + bytes)
                            .getBytes(US_ASCII));
            for (int i = 0; i < bytes; i++) {
                tls.getOutputStream().write('x');
            }

            assertThat(new String(tls.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith(bytes + " bytes");
        }
    }

    @Test
    void newCertificate_isUsedForNewConnections_andOldOnesContinue() throws Exception {
        SSLContext trust = Certificate.trust(first, second);
        HttpClient before = client(trust);
        assertThat(shown(post(before))).isEqualTo("CN=first");

        current = tls(second);

        assertThat(shown(post(before))).as("the connection from before").isEqualTo("CN=first");
        assertThat(shown(post(client(trust)))).as("a session to resume").isEqualTo("CN=second");
        assertThat(post(before).body()).isEqualTo("50000 bytes");
    }

    @Test
    void clientCertificates_areRequiredFromTheConfiguredAuthority() throws Exception {
        current = tls(first, second);

        assertThat(post(client(second.showing(first))).body()).isEqualTo("50000 bytes");
        assertThatThrownBy(() -> post(client(Certificate.trust(first)))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(client(first.showing(first)))).isInstanceOf(IOException.class);
    }

    @Test
    void missingOrSlowHandshake_isClosed() throws Exception {
        reopen(Duration.ofSeconds(1));
        try (Socket silent = port.connect();
                Socket slow = port.connect()) {
            byte[] hello = {22, 3, 1, 1, 0};
            slow.getOutputStream().write(hello);
            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                try {
                    slow.getOutputStream().write(1);
                    return false;
                } catch (IOException closed) {
                    return true;
                }
            });

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(port.ended("handshake")).isEqualTo(2));
    }

    @Test
    void connectionWithoutARequestAfterItsHandshake_isClosed() throws Exception {
        // Long enough for the handshake on a busy machine.
        reopen(Duration.ofSeconds(5));
        try (Socket socket = port.connect();
                SSLSocket silent = encrypted(socket, "TLSv1.3")) {
            silent.startHandshake();

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        try (Http2Frames silent = new Http2Frames(port.connect(), Certificate.trust(first))) {
            assertThat(silent.read(Http2Frames.GOAWAY)).isPresent();
            assertThat(silent.read()).isEmpty();
        }
    }

    @Test
    void http2ConnectionWithoutARequest_isClosed() throws Exception {
        // Long enough for the first request on a busy machine.
        reopen(Duration.ofSeconds(5));
        try (Http2Frames idle = new Http2Frames(port.connect(), Certificate.trust(first)).begin()) {
            idle.request(1, Http2Frames.END_STREAM, "GET", "/length");

            assertThat(idle.status()).isEqualTo("200");
            assertThat(idle.read(Http2Frames.GOAWAY)).isPresent();
            assertThat(idle.read()).isEmpty();
        }
    }

    @Test
    void connectionsDuringHandshake_countTowardTheLimit() throws Exception {
        Socket[] handshakes = new Socket[MAX_CONNECTIONS];
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            handshakes[i] = port.connect();
            handshakes[i].getOutputStream().write(22);
        }
        await().untilAsserted(() -> assertThat(port.connections()).isEqualTo(MAX_CONNECTIONS));
        try (Socket tooMany = port.connect()) {
            assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(port.ended("too-many")).isEqualTo(1);
        for (Socket each : handshakes) {
            each.close();
        }

        await().untilAsserted(() -> assertThat(port.connections()).isZero());
    }

    @Test
    void bytesThatAreNotTls_closeTheConnection() throws Exception {
        assertThat(port.answerTo("GET /length HTTP/1.1\r\nHost: x\r\n\r\n")).doesNotContain("HTTP", "bytes");
        assertThat(post(client(Certificate.trust(first))).statusCode()).isEqualTo(200);
    }

    /** The JDK copies a message, as far as it has arrived, with each record that continues it. */
    @Test
    void handshakeInTooManyRecords_isNotAnswered() throws Exception {
        assertThat(firstByteAfterHello(MAX_HANDSHAKE_RECORDS)).isEqualTo(HANDSHAKE);
        assertThat(firstByteAfterHello(MAX_HANDSHAKE_RECORDS + 1)).isNotEqualTo(HANDSHAKE);
    }

    /** Returns the first byte of the response to a ClientHello in this number of records; -1 if there is none. */
    private int firstByteAfterHello(int records) throws Exception {
        SSLEngine client = Certificate.trust(first).createSSLEngine();
        client.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        hello.flip().position(RECORD_HEADER_BYTES);
        ByteArrayOutputStream split = new ByteArrayOutputStream();
        for (int left = records; left > 0; left--) {
            byte[] fragment = new byte[left == 1 ? hello.remaining() : 1];
            hello.get(fragment);
            split.writeBytes(new byte[] {HANDSHAKE, 3, 3, (byte) (fragment.length >> 8), (byte) fragment.length});
            split.writeBytes(fragment);
        }
        try (Socket socket = port.connect()) {
            socket.getOutputStream().write(split.toByteArray());
            return socket.getInputStream().read();
        } catch (IOException closed) {
            return -1;
        }
    }

    @Test
    void renegotiation_closesTheConnection() throws Exception {
        assertThat(answerAfter("TLSv1.2", 1)).startsWith("HTTP/1.1 200 OK");
        assertThat(port.ended("flood")).isZero();

        assertThat(answerAfter("TLSv1.2", 2)).isEmpty();
        assertThat(port.ended("flood")).isEqualTo(1);
    }

    /** In TLS 1.3, a further handshake only updates the keys. */
    @Test
    void manyKeyUpdates_closeTheConnection() throws Exception {
        int permitted = 1 + MAX_KEY_UPDATES;
        assertThat(answerAfter("TLSv1.3", permitted)).startsWith("HTTP/1.1 200 OK");
        assertThat(port.ended("flood")).isZero();

        assertThat(answerAfter("TLSv1.3", permitted + 1)).isEmpty();
        assertThat(port.ended("flood")).isEqualTo(1);
    }

    private String answerAfter(String protocol, int handshakes) throws Exception {
        try (Socket socket = port.connect();
                SSLSocket tls = encrypted(socket, protocol)) {
            for (int i = 0; i < handshakes; i++) {
                tls.startHandshake();
            }
            tls.getOutputStream()
                    .write(EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close")
                            .getBytes(US_ASCII));
            return new String(tls.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException closed) {
            return "";
        }
    }

    private static SSLSocket encrypted(Socket socket, String protocol) throws IOException, GeneralSecurityException {
        SSLSocket tls = (SSLSocket)
                Certificate.trust(first).getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        tls.setEnabledProtocols(new String[] {protocol});
        return tls;
    }
}
