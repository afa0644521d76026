package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The honest clients of the siege benchmark. Each has a key and posts single events, which are numbered from 0 across
 * all runs, over connections that it renews from time to time. The load is open: a request is sent when it is due,
 * regardless of earlier responses, and its latency begins at that time.
 */
final class HonestLoad implements AutoCloseable {
    /** Number of digits of an event's number, which follows {@link #MARK}. */
    static final int DIGITS = 12;

    static final String MARK = "{\"userName\":\"honest-";

    private static final int OK = 200;
    private static final int REQUESTS_OF_CONNECTION = 1_000;
    private static final int CONNECTS_PER_TICK = 4;
    /** The number of connections of a closed load. */
    private static final int SATURATING = 64;

    private static final long ANSWER_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Time after which the JVM has compiled the code that only hostile requests execute. */
    private static final Duration WARM = Duration.ofSeconds(15);

    private static final long HIGHEST_MICROS = TimeUnit.MINUTES.toMicros(1);

    /** The rest of an event, which makes it as long as those of the other benchmarks. */
    private static final String REST = "\",\"timestamp\":\"2026-11-20T12:34:56.789+0900\",\"userAgent\":\"Mozilla/5.0 "
            + "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\",\"colorName\":\"red\",\"text\":\""
            + "t".repeat(110)
            + "\"}";

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final EventLoop loop = group.next();
    private final Bootstrap bootstrap;
    private final String head;
    private final int connections;

    // ---- used on the event loop only
    private int maxOpen = SATURATING;
    private final Deque<Client> free = new ArrayDeque<>();
    private final Set<Client> waiting = new LinkedHashSet<>();
    private final BitSet acknowledged = new BitSet();
    private int open;
    private long connectNotBefore;
    private int number;
    private Result result = new Result(1, 0);
    private double rate;
    private long begin;
    private long end;
    private CompletableFuture<Result> done = new CompletableFuture<>();

    /**
     * Creates clients that post to a topic on a local port.
     *
     * @param connections the number of connections of an open load. If they are few, then the server's latency limits
     *     its rate: 64 connections with responses after 16 ms send no more than 4,000 requests a second.
     */
    HonestLoad(int port, boolean tls, String topic, int connections) throws IOException {
        this.connections = connections;
        this.head =
                "POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(topic, Requests.AUTHORIZATION, event(0).length());
        SslContext context = tls
                ? SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build()
                : null;
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .remoteAddress("127.0.0.1", port)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (context != null) {
                            channel.pipeline().addLast(context.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new HttpResponseDecoder()).addLast(new Client());
                    }
                });
        loop.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.MILLISECONDS);
    }

    /** The outcome of the requests of one run. */
    static final class Result {
        private final double seconds;
        private final double rate;

        /** The time from when a request was due to its acknowledgement, in microseconds. */
        final Histogram accepted = new Histogram(HIGHEST_MICROS, 3);

        /** The same time for requests that were acknowledged after {@link #WARM}. */
        final Histogram acceptedWarm = new Histogram(HIGHEST_MICROS, 3);

        private long due;
        private long inTime;
        private long refused;
        private long failed;
        private long givenUp;
        private final Map<String, Long> reasons = new TreeMap<>();
        private final long[] slowest;

        Result(double seconds, double rate) {
            this.seconds = seconds;
            this.rate = rate;
            this.slowest = new long[(int) Math.ceil(seconds) + 1];
        }

        private void accepted(long sinceBegin, long latency) {
            long micros = Math.min(HIGHEST_MICROS, TimeUnit.NANOSECONDS.toMicros(latency));
            accepted.recordValue(micros);
            if (sinceBegin > WARM.toNanos()) {
                acceptedWarm.recordValue(micros);
            }
            int second = (int) Math.min(TimeUnit.NANOSECONDS.toSeconds(sinceBegin), slowest.length - 1);
            slowest[second] = Math.max(slowest[second], micros / 1_000);
        }

        /**
         * Returns the slowest acknowledgement of each second, in milliseconds; the last entry is for those after the
         * end.
         */
        long[] slowestMs() {
            return slowest.clone();
        }

        /** Returns the requests per second that were acknowledged before the end. */
        double goodput() {
            return inTime / seconds;
        }

        /** Returns the requests per second that were due. */
        double offered() {
            return rate > 0 ? rate : due / seconds;
        }

        /** Returns the number of responses with status 429 or 503. */
        long refused() {
            return refused;
        }

        /** Returns the numbers of these responses by status and body. */
        Map<String, Long> reasons() {
            return reasons;
        }

        /** Returns the number of requests with another status than 200, 429 and 503, or without a response. */
        long failed() {
            return failed;
        }

        /** Returns the number of requests that were dropped, since no connection was free for a second. */
        long givenUp() {
            return givenUp;
        }
    }

    /** Returns the text of an event; all events have the same length. */
    static String event(long number) {
        return MARK + ("%0" + DIGITS + "d").formatted(number) + REST;
    }

    /** Runs a closed load: each of 64 connections sends the next request after the response to the last. */
    Result saturate(Duration length) throws IOException {
        return run(0, length);
    }

    /** Runs an open load at a rate; returns when all requests have a response, have failed or were dropped. */
    Result offer(double perSecond, Duration length) throws IOException {
        return run(perSecond, length);
    }

    /** Returns the numbers of the events that were acknowledged, of all runs. */
    BitSet acknowledged() throws IOException {
        return get(loop.submit(() -> (BitSet) acknowledged.clone()));
    }

    private Result run(double perSecond, Duration length) throws IOException {
        Future<CompletableFuture<Result>> begun = loop.submit(() -> {
            result = new Result(length.toNanos() / 1e9, perSecond);
            done = new CompletableFuture<>();
            rate = perSecond;
            maxOpen = perSecond == 0 ? SATURATING : connections;
            begin = System.nanoTime();
            end = begin + length.toNanos();
            return done;
        });
        return get(get(begun));
    }

    private static <T> T get(java.util.concurrent.Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("The honest clients failed: " + e.getCause(), e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        for (int i = 0; i < CONNECTS_PER_TICK && open < maxOpen && now > connectNotBefore; i++) {
            connect();
        }
        if (begin == 0 || done.isDone()) {
            return;
        }
        sendDue(now);
        // In sending order: the first is the oldest.
        List<Client> late = new ArrayList<>();
        for (Client each : waiting) {
            if (now - each.sent < ANSWER_WITHIN_NANOS) {
                break;
            }
            late.add(each);
        }
        late.forEach(Client::close);
        if (now >= end && waiting.isEmpty() && (rate == 0 || nextDue() >= end)) {
            done.complete(result);
        }
    }

    private void sendDue(long now) {
        if (rate == 0) {
            while (!free.isEmpty() && System.nanoTime() < end) {
                result.due++;
                send(now);
            }
            return;
        }
        for (long due = nextDue(); due <= Math.min(now, end - 1); due = nextDue()) {
            if (now - due > TIMEOUT_NANOS) {
                result.givenUp++;
            } else if (free.isEmpty()) {
                return;
            } else {
                send(due);
            }
            result.due++;
        }
    }

    /** Returns when the next request of an open load is due. */
    private long nextDue() {
        return begin + (long) (result.due * (TimeUnit.SECONDS.toNanos(1) / rate));
    }

    private void send(long due) {
        free.poll().send(due);
    }

    private void connect() {
        open++;
        bootstrap.connect().addListener((ChannelFutureListener) connected -> {
            if (!connected.isSuccess()) {
                open--;
                pauseConnecting();
            }
        });
    }

    /** Delays the next attempt to connect after a failure. */
    private void pauseConnecting() {
        connectNotBefore = System.nanoTime() + RECONNECT_NANOS;
    }

    /** One connection, with at most one request in flight. */
    private final class Client extends ChannelInboundHandlerAdapter {
        private ChannelHandlerContext context;
        private int requests;
        private int sentNumber;
        private final StringBuilder text = new StringBuilder();
        private int status;
        private long due;
        private long sent;

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            if (active.pipeline().get(SslHandler.class) == null) {
                free.add(this);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext from, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                free.add(this);
            }
        }

        void send(long whenDue) {
            due = whenDue;
            sent = System.nanoTime();
            sentNumber = number++;
            requests++;
            waiting.add(this);
            context.writeAndFlush(Unpooled.copiedBuffer(head + event(sentNumber), US_ASCII));
        }

        void close() {
            context.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext from, Object message) {
            if (message instanceof HttpResponse answer) {
                status = answer.status().code();
            }
            if (message instanceof HttpContent part && status != OK) {
                text.append(part.content().toString(US_ASCII));
            }
            boolean isLast = message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
            if (isLast && waiting.remove(this)) {
                answered();
                if (requests < REQUESTS_OF_CONNECTION) {
                    free.add(this);
                } else {
                    close();
                }
                sendDue(System.nanoTime());
            }
        }

        private void answered() {
            long now = System.nanoTime();
            if (status == OK) {
                acknowledged.set(sentNumber);
                result.accepted(now - begin, now - due);
                result.inTime += now < end ? 1 : 0;
            } else if (status == 429 || status == 503) {
                result.refused++;
                result.reasons.merge(status + " " + text, 1L, Long::sum);
            } else {
                result.failed++;
            }
            text.setLength(0);
        }

        @Override
        public void channelInactive(ChannelHandlerContext from) {
            open--;
            free.remove(this);
            if (requests == 0) {
                pauseConnecting();
            }
            if (waiting.remove(this)) {
                result.failed++;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
            from.close();
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
