package io.wadi.management.access;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import io.wadi.runtime.security.TlsHandler;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The JDK's TLS with handshakes on worker threads and a {@link TlsHandler} for each connection. */
final class ManagementTls extends JdkSSLEngineOptions {
    private final Runnable exceeded;

    /** Creates the options; {@code exceeded} as for {@link TlsHandler}. */
    ManagementTls(Runnable exceeded) {
        this.exceeded = exceeded;
        setUseWorkerThread(true);
    }

    @Override
    public JdkSSLEngineOptions copy() {
        return this;
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                return new Context(super.create());
            }
        };
    }

    private final class Context extends DelegatingSslContext {
        Context(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {}

        @Override
        protected SslHandler newHandler(ByteBufAllocator buffers, boolean startTls, Executor tasks) {
            return new TlsHandler(newEngine(buffers), startTls, tasks, exceeded);
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator buffers, String host, int port, boolean startTls, Executor tasks) {
            return new TlsHandler(newEngine(buffers, host, port), startTls, tasks, exceeded);
        }
    }
}
