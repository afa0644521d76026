package io.wadi.ingest.http;

import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.tls.IngestTls;
import io.wadi.testing.Certificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import org.apache.camel.AsyncCallback;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An event port with TLS, and clients of it that write HTTP/2 frames. */
abstract class Http2TestSupport {
    @TempDir
    private static Path directory;

    private static SslContext tls;
    static SSLContext trust;

    final BlockingQueue<AsyncCallback> held = new LinkedBlockingQueue<>();
    EventEndpoint port;

    private volatile boolean holding = true;

    @BeforeAll
    static void make() throws Exception {
        Certificate own = Certificate.make(directory, "own", "EC");
        tls = IngestTls.context(new TlsCertificate(List.of(own.certificate()), own.key(), List.of()));
        trust = Certificate.trust(own);
    }

    @BeforeEach
    void open() throws Exception {
        port = new EventEndpoint(() -> tls, 1000, Duration.ofMinutes(1), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/length")
                        .process(exchange -> exchange.getMessage()
                                .setBody(exchange.getMessage().getBody(byte[].class).length + " bytes"));
                from("platform-http:/held")
                        .process(EventEndpoint.hold(held, () -> holding))
                        .setBody(constant("released"));
            }
        });
    }

    @AfterEach
    void close() {
        holding = false;
        held.forEach(callback -> callback.done(false));
        port.close();
    }

    final Http2Frames connect() throws Exception {
        return new Http2Frames(port.connect(), trust).begin();
    }
}
