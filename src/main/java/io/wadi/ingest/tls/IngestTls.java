package io.wadi.ingest.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProtocols;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.runtime.security.TlsHandler;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/**
 * The TLS context of the event endpoint. A connection keeps the certificate that was current when it was opened.
 * Vert.x's own update of certificates is not used, since it drops connections that arrive meanwhile. Thread-safe.
 */
public final class IngestTls extends SslContext {
    /** The cipher suites of TLS 1.3, and those of TLS 1.2 with forward secrecy and authenticated encryption. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /**
     * Maximum number of cached sessions, for clients of TLS 1.2 without tickets. The JDK's default is 20,480 sessions
     * of several KB each for a day.
     */
    private static final int SESSIONS = 1_000;

    private final Supplier<SslContext> current;
    private final Function<Channel, HandshakeQueue.Client> accepted;
    private final Runnable exceeded;
    private final HandshakeQueue handshakes =
            new HandshakeQueue(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    /**
     * Creates the context.
     *
     * @param current supplies the context of the current certificate
     * @param accepted returns the client to which the handshake of a connection is charged, or null if the connection
     *     is not accepted; called on the connection's event loop before the handshake
     * @param exceeded called when a connection is closed because of its client's records, as for {@link TlsHandler}
     */
    public IngestTls(
            Supplier<SslContext> current, Function<Channel, HandshakeQueue.Client> accepted, Runnable exceeded) {
        this.current = current;
        this.accepted = accepted;
        this.exceeded = exceeded;
    }

    /**
     * Returns the context of a certificate: TLS 1.3 and 1.2 with ciphers that HTTP/2 allows.
     *
     * @throws IllegalArgumentException if the certificate cannot be used, with the reason
     */
    public static SslContext context(TlsCertificate certificate) {
        SslContextBuilder builder = SslContextBuilder.forServer(certificate.key(), certificate.chain())
                .sslProvider(SslProvider.JDK)
                .sessionCacheSize(SESSIONS)
                .protocols(SslProtocols.TLS_v1_3, SslProtocols.TLS_v1_2)
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.FATAL_ALERT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1));
        if (!certificate.clientAuthorities().isEmpty()) {
            builder.trustManager(certificate.clientAuthorities()).clientAuth(ClientAuth.REQUIRE);
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }

    /** Configures a server to use this context and to run handshakes on worker threads. */
    public void addTo(HttpServerOptions server) {
        server.setSsl(true)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setSslEngineOptions(new Engines())
                .setKeyCertOptions(new NoKey());
    }

    /** An empty key: Vert.x requires one, but would use it only for the contexts that {@link Engines} replaces. */
    private static final class NoKey implements KeyCertOptions {
        @Override
        public KeyCertOptions copy() {
            return this;
        }

        @Override
        public KeyManagerFactory getKeyManagerFactory(Vertx vertx) {
            return null;
        }
    }

    /** Options with which Vert.x uses this context for every connection. */
    private final class Engines extends JdkSSLEngineOptions {
        Engines() {
            setPooledHeapBuffers(true);
            setUseWorkerThread(true);
        }

        @Override
        public JdkSSLEngineOptions copy() {
            return this;
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return () -> IngestTls.this;
        }
    }

    /** The TLS handler of one connection, with the tasks of its handshake. */
    private final class Handler extends TlsHandler {
        private final QueuedTasks tasks;

        Handler(SSLEngine engine, boolean startTls, QueuedTasks tasks) {
            super(engine, startTls, tasks, exceeded);
            this.tasks = tasks;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            super.handlerAdded(context);
            tasks.channel = context.channel();
            tasks.client = accepted.apply(context.channel());
        }
    }

    /** An executor that queues the tasks of a connection's handshake. */
    private final class QueuedTasks implements Executor {
        private final Executor workers;
        private Channel channel;
        private HandshakeQueue.Client client;

        QueuedTasks(Executor workers) {
            this.workers = workers;
        }

        @Override
        public void execute(Runnable task) {
            if (client == null) {
                throw new RejectedExecutionException("The connection was not accepted");
            }
            Runnable remove = handshakes.add(client, channel::isActive, workers, task);
            channel.closeFuture().addListener(closed -> remove.run());
        }
    }

    @Override
    protected SslHandler newHandler(
            ByteBufAllocator buffers, String host, int port, boolean startTls, Executor workers) {
        return new Handler(newEngine(buffers, host, port), startTls, new QueuedTasks(workers));
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers) {
        return current.get().newEngine(buffers);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers, String host, int port) {
        return current.get().newEngine(buffers, host, port);
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return current.get().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation")
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.get().applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.get().sessionContext();
    }
}
