package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduledReadAllocatorTest {
    private static final int READ_BYTES = 16;
    private static final int READS = 8;
    /** A read takes so much of the loop's time that the next one has to wait for several iterations. */
    private static final Duration READ_TIME = Duration.ofMillis(3);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final AnonymousShare anonymous = new AnonymousShare(() -> 1);
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    /** Counts Netty's attempts to read, which each read at most a fixed number of bytes. */
    private final class CountedReads extends FixedRecvByteBufAllocator {
        CountedReads() {
            super(READ_BYTES);
            maxMessagesPerRead(1);
        }

        @Override
        @SuppressWarnings("deprecation")
        public Handle newHandle() {
            return new RecvByteBufAllocator.DelegatingHandle(super.newHandle()) {
                @Override
                public void reset(ChannelConfig config) {
                    attempts.incrementAndGet();
                    super.reset(config);
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectionBeyondItsShare_isNotPolled_andAllItsDataIsRead(boolean isPausedAfterEachRead) throws Exception {
        NetServer server = vertx.createNetServer().connectHandler(socket -> {
            IngestLoop loop = new IngestLoop(vertx.getOrCreateContext(), Duration.ofSeconds(1), anonymous);
            limitShare(loop.reads());
            Channel channel = ((ConnectionBase) socket).channel();
            channel.config().setRecvByteBufAllocator(new CountedReads());
            ScheduledReadAllocator.add(channel, loop.reads(), "a client");
            socket.handler(data -> {
                received.addAndGet(data.length());
                work();
                if (isPausedAfterEachRead) {
                    pause(socket);
                }
            });
        });
        int port = server.listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES)
                .actualPort();
        try (Socket client = new Socket("localhost", port)) {
            client.getOutputStream().write(new byte[READS * READ_BYTES]);
            await().until(() -> received.get() == READS * READ_BYTES);
        }
        // Without the end of polling there would be some hundred attempts between two reads.
        assertThat(attempts.get()).isLessThan(4 * READS);
    }

    private void limitShare(ReadScheduler reads) {
        ReadScheduler.Connection withKey = new ReadScheduler.Connection(reads, "a client with a key") {
            @Override
            protected boolean read() {
                return true;
            }
        };
        assertThat(withKey.mayRead()).isTrue();
        reads.hasKey();
        withKey.wasRead();
        for (int i = 0; i < 20; i++) {
            anonymous.update();
        }
        assertThat(anonymous.share()).isLessThan(0.1);
    }

    private static void work() {
        long end = System.nanoTime() + READ_TIME.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private void pause(NetSocket socket) {
        socket.pause();
        vertx.setTimer(1, timer -> socket.resume());
    }
}
